import { mutatingMethod } from '../journal/host-method.ts'
import { driverOf } from '../storage/drivers.ts'
import { endOwnBackup } from '../storage/take-snapshot.ts'

export const snapshotRemove = mutatingMethod('snapshot.remove', {
  async run(context, { pool, snapshotUuid, vm }) {
    const driver = driverOf(pool)
    const domain = vm === undefined ? undefined : await context.libvirt.find(vm.instanceName)
    await context.pools.use(pool, async () => {
      if (domain !== undefined && domain.uuid === vm?.uuid) {
        const image = await driver.unfinished(context, pool, snapshotUuid)
        if (image !== undefined) await endOwnBackup(context, domain, image.path)
      }
      await driver.abandon(context, pool, snapshotUuid)
    })
    return {}
  },
  probe: async () => ({ effect: 'absent' }),
})
