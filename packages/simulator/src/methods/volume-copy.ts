import { contentOf } from '../content.ts'
import { refuseInUse, requireFile } from '../guest-disk.ts'
import { mutatingMethod } from '../host-method.ts'
import { spaceOf } from '../storage.ts'

export const volumeCopy = mutatingMethod('volume.copy', {
  run(context, { volume, to }) {
    refuseInUse(context, volume.pool, volume.volumeUuid)
    refuseInUse(context, to, volume.volumeUuid)
    const { directory, file } = requireFile(context, volume.pool, volume.volumeUuid)
    const target = context.world.storage.directory(to, context.profile.name)
    spaceOf(to, target)
    const { sizeBytes, physicalBytes, format } = file
    const content = contentOf(directory, file)
    context.world.storage.put(target, volume.volumeUuid, { kind: 'volume', sizeBytes, physicalBytes, format, content })
    return { sizeBytes, physicalBytes }
  },
  probe: () => ({ effect: 'absent' }),
})
