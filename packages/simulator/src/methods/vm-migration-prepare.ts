import { AgentCallError, rpcErrorCodes } from '@altostack/agent-api'
import { refuseInUse } from '../guest-disk.ts'
import { mutatingMethod } from '../host-method.ts'
import { learn, reserve } from '../reservations.ts'
import { emptyImageBytes } from '../storage.ts'
import { migrationRefusals } from '../vm-refusals.ts'

export const vmMigrationPrepare = mutatingMethod('vm.migration.prepare', {
  run(context, { spec, copies = [] }) {
    const refusals = migrationRefusals(context, spec, copies)
    const [first] = refusals
    if (first !== undefined) {
      const { code, seen, fix } = first
      const data = { code, seen, fix, evidence: { refusals }, effectPossible: false }
      throw new AgentCallError('', rpcErrorCodes.failure, `The host cannot take the guest: ${code}`, data)
    }
    for (const { to, volumeUuid, format, sizeBytes } of copies) {
      refuseInUse(context, to, volumeUuid)
      const { storage } = context.world
      const file = { kind: 'volume', sizeBytes, physicalBytes: emptyImageBytes, format, content: 'blank' } as const
      storage.put(storage.directory(to, context.profile.name), volumeUuid, file)
    }
    learn(context, spec)
    reserve(context, spec.instanceName, spec.nics)
    const { address } = context.profile
    return { uri: `simulator://${address}/system`, migrateUri: `tcp://${address}` }
  },
  // Preparing again is the same as having prepared.
  probe: () => ({ effect: 'absent' }),
})
