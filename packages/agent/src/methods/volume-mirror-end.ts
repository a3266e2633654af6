import { mutatingMethod } from '../journal/host-method.ts'
import { driverOf } from '../storage/drivers.ts'
import { guestDisk } from '../vm/guest-disk.ts'
import { endMirror } from './volume-mirror.ts'

export const volumeMirrorEnd = mutatingMethod('volume.mirror.end', {
  async run(context, { vm, volume, to }) {
    const domain = await context.libvirt.find(vm.instanceName)
    if (domain !== undefined && domain.uuid === vm.uuid) {
      if ((await guestDisk(context, domain, to, volume.volumeUuid)) !== undefined) return { moved: true }
      const disk = await guestDisk(context, domain, volume.pool, volume.volumeUuid)
      if (disk !== undefined) await endMirror(context, domain, disk.target)
    }
    await context.pools.use(to, () => driverOf(to).remove(context, to, volume.volumeUuid))
    return { moved: false }
  },
  // Asking again tells the same.
  probe: async () => ({ effect: 'absent' }),
})
