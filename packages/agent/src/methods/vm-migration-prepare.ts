import { AgentCallError, rpcErrorCodes } from '@altostack/agent-api'
import { admitConfigDrive } from '../config-drive/config-drive.ts'
import { mutatingMethod } from '../journal/host-method.ts'
import { migrationTarget } from '../migration/addresses.ts'
import { migrationRefusals } from '../migration/precheck.ts'
import { receiveDisks } from '../migration/receive-disks.ts'
import { admitNics } from '../network/guest-nics.ts'
import { activateDisks } from '../storage/guest-volumes.ts'
import { isoSource } from '../vm/build-domain.ts'

export const vmMigrationPrepare = mutatingMethod('vm.migration.prepare', {
  async run(context, { spec, copies = [] }) {
    const refusals = await migrationRefusals(context, spec, copies)
    const [first] = refusals
    if (first !== undefined) {
      const { code, seen, fix } = first
      const data = { code, seen, fix, evidence: { refusals }, effectPossible: false }
      throw new AgentCallError('', rpcErrorCodes.failure, `The host cannot take the guest: ${code}`, data)
    }
    await receiveDisks(context, copies)
    await activateDisks(context, spec.disks)
    if (spec.cdrom !== undefined) await isoSource(context, spec.cdrom)
    const nics = await admitNics(context, spec.instanceName, spec.nics, spec)
    const configDrive = await admitConfigDrive(context, spec)
    const target = await migrationTarget(context.settings, context.runtime)
    return {
      ...target,
      bridges: Object.fromEntries(nics.map((nic) => [nic.mac, nic.bridge])),
      ...(configDrive === undefined ? {} : { configDrive }),
    }
  },
  // Preparing again is the same as having prepared.
  probe: async () => ({ effect: 'absent' }),
})
