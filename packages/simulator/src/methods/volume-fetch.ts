import { contentOfImage } from '../content.ts'
import { refuseInUse } from '../guest-disk.ts'
import { mutatingMethod } from '../host-method.ts'
import { spaceOf } from '../storage.ts'

/** As with templates the image itself is never fetched: its checksum says what it holds. */
export const volumeFetch = mutatingMethod('volume.fetch', {
  run(context, { pool, volume, image }) {
    refuseInUse(context, pool, volume.uuid)
    const directory = context.world.storage.directory(pool, context.profile.name)
    spaceOf(pool, directory)
    const content = contentOfImage(image.sha256)
    const { sizeBytes, format } = volume
    const physicalBytes = image.sizeBytes
    context.world.storage.put(directory, volume.uuid, { kind: 'volume', sizeBytes, physicalBytes, format, content })
    return { sizeBytes, physicalBytes }
  },
  probe: () => ({ effect: 'absent' }),
})
