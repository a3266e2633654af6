import { mutatingMethod } from '../journal/host-method.ts'
import { driverOf } from '../storage/drivers.ts'
import { endOwnBackup } from '../storage/take-snapshot.ts'

export const snapshotRemove = mutatingMethod('snapshot.remove', {
  async run(context, { pool, snapshotUuid, vm }) {
    const driver = driverOf(pool)
    const domain = vm === undefined ? undefined : await context.libvirt.find(vm.instanceName)
    await context.pools.use(pool, async () => {
      if (domain !== undefined && domain.uuid === vm?.uuid) {
        const room = { format: 'qcow2' as const, sizeBytes: 1 << 20 }
        const path = await driver.reserve(context, pool, snapshotUuid, room, { resume: true })
        await endOwnBackup(context, domain, path)
      }
      await driver.abandon(context, pool, snapshotUuid)
    })
    return {}
  },
  probe: async () => ({ effect: 'absent' }),
})
