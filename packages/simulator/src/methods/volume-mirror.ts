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
      const { storage } = context.world
      const target = storage.directory(to, context.profile.name)
      spaceOf(to, target)
      const { sizeBytes, physicalBytes, format } = file
      const content = contentOf(directory, file)
      storage.put(target, volumeUuid, { kind: 'volume', sizeBytes, physicalBytes, format, content })
      // What the guest writes from now on is on both.
      domain.mirrors.set(volumeUuid, to)
    }
    const { file } = requireFile(context, to, volumeUuid)
    return { sizeBytes: file.sizeBytes, physicalBytes: file.physicalBytes }
  },
  probe: () => ({ effect: 'absent' }),
})
