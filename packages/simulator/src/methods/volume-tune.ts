import { requireDisk, requireGuest } from '../guest-disk.ts'
import { mutatingMethod } from '../host-method.ts'

export const volumeTune = mutatingMethod('volume.tune', {
  run(context, { vm, pool, volumeUuid, limits }) {
    const domain = requireGuest(context, vm)
    requireDisk(context, domain, pool, volumeUuid)
    context.hypervisor.setDisks(
      domain,
      domain.spec.disks.map((disk) => (disk.volumeUuid === volumeUuid ? { ...disk, limits } : disk)),
    )
    return {}
  },
  probe: () => ({ effect: 'absent' }),
})
