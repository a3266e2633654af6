import { mutatingMethod } from '../journal/host-method.ts'
import { isLibvirtCode } from '../libvirt/libvirt.ts'
import { callOff, sourceState } from '../migration/source.ts'

export const vmMigrationAbort = mutatingMethod('vm.migration.abort', {
  async run(context, { vm }) {
    const waits = callOff(context, vm.uuid)
    if ((await sourceState(context, vm)) !== 'migrating') return { aborted: waits }
    const domain = await context.libvirt.find(vm.instanceName)
    if (domain === undefined) return { aborted: false }
    try {
      await context.libvirt.use((client) => client.domain.abortJob(domain))
      return { aborted: true }
    } catch (error) {
      // It ended in this moment, or is past the point of return.
      if (isLibvirtCode(error, 'NO_DOMAIN', 'OPERATION_INVALID')) return { aborted: false }
      throw error
    }
  },
  probe: async () => ({ effect: 'absent' }),
})
