import { mutatingMethod } from '../host-method.ts'

export const vmMigrationAbort = mutatingMethod('vm.migration.abort', {
  run({ hypervisor }, { vm }) {
    const domain = hypervisor.domains.get(vm.instanceName)
    if (domain?.uuid !== vm.uuid || domain.job === undefined) return { aborted: false }
    domain.job.aborted = true
    return { aborted: true }
  },
  probe: () => ({ effect: 'absent' }),
})
