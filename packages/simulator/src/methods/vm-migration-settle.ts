import type { Params, Result } from '@altostack/agent-api'
import type { HostContext } from '../host-context.ts'
import { mutatingMethod } from '../host-method.ts'
import { releaseReservations } from '../reservations.ts'

type Settled = Result<'vm.migration.settle'>['state']

export const vmMigrationSettle = mutatingMethod('vm.migration.settle', {
  run: (context, params) => context.guests(params.vm.instanceName, () => ({ state: settle(context, params) })),
  // Settling again is the same as having settled.
  probe: () => ({ effect: 'absent' }),
})

function settle(context: HostContext, { vm, decision }: Params<'vm.migration.settle'>): Settled {
  const { hypervisor } = context
  const domain = hypervisor.domains.get(vm.instanceName)
  if (domain?.uuid !== vm.uuid) {
    if (decision === 'drop') releaseReservations(context, vm.instanceName)
    return 'absent'
  }
  const paused = domain.state === 'paused'
  const byMigration = paused && domain.reason === 'migration'
  if (decision === 'keep') {
    // The server has proof that no other copy exists: only then it says keep.
    domain.generation = vm.generation
    if (byMigration) {
      domain.migrating = 'none'
      hypervisor.resume(domain, 'migrated')
    } else hypervisor.touch()
    return domain.state
  }
  if (!paused) return 'running'
  if (!byMigration) return 'paused'
  hypervisor.end(domain, 'destroyed')
  releaseReservations(context, vm.instanceName)
  return 'absent'
}
