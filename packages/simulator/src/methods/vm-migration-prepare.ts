import { AgentCallError, rpcErrorCodes } from '@altostack/agent-api'
import { mutatingMethod } from '../host-method.ts'
import { learn, reserve } from '../reservations.ts'
import { migrationRefusals } from '../vm-refusals.ts'

export const vmMigrationPrepare = mutatingMethod('vm.migration.prepare', {
  run(context, { spec }) {
    const refusals = migrationRefusals(context, spec)
    const [first] = refusals
    if (first !== undefined) {
      const { code, seen, fix } = first
      const data = { code, seen, fix, evidence: { refusals }, effectPossible: false }
      throw new AgentCallError('', rpcErrorCodes.failure, `The host cannot take the guest: ${code}`, data)
    }
    learn(context, spec)
    reserve(context, spec.instanceName, spec.nics)
    const { address } = context.profile
    return { uri: `simulator://${address}/system`, migrateUri: `tcp://${address}` }
  },
  // Preparing again is the same as having prepared.
  probe: () => ({ effect: 'absent' }),
})
