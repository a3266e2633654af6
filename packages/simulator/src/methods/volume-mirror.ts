import { contentOf } from '../content.ts'
import { hasDisk, requireDisk, requireFile, requireGuest } from '../guest-disk.ts'
import { mutatingMethod } from '../host-method.ts'
import { spaceOf } from '../storage.ts'

export const volumeMirror = mutatingMethod('volume.mirror', {
  run(context, { vm, volume, to }) {
    const domain = requireGuest(context, vm)
    const { volumeUuid } = volume
    if (!hasDisk(context, domain, to, volumeUuid)) {
      requireDisk(context, domain, volume.pool, volumeUuid)
      const { directory, file } = requireFile(context, volume.pool, volumeUuid)
      const target = context.world.storage.directory(to, context.profile.name)
      spaceOf(to, target)
      const { sizeBytes, physicalBytes, format } = file
      const content = contentOf(directory, file)
      context.world.storage.put(target, volumeUuid, { kind: 'volume', sizeBytes, physicalBytes, format, content })
      context.hypervisor.setDisks(
        domain,
        domain.spec.disks.map((disk) => (disk.volumeUuid === volumeUuid ? { ...disk, pool: to } : disk)),
      )
    }
    const { file } = requireFile(context, to, volumeUuid)
    return { sizeBytes: file.sizeBytes, physicalBytes: file.physicalBytes }
  },
  probe: () => ({ effect: 'absent' }),
})
