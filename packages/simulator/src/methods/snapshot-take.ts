import { contentHash, contentOf, textOf } from '../content.ts'
import { refuseInUse, requireDisk, requireFile, requireGuest } from '../guest-disk.ts'
import { mutatingMethod } from '../host-method.ts'

/** The image of a snapshot: its content as text, so that its checksum is that of the content. */
export const snapshotTake = mutatingMethod('snapshot.take', {
  run(context, { volume, snapshotUuid, vm }) {
    if (vm === undefined) refuseInUse(context, volume.pool, volume.volumeUuid)
    else requireDisk(context, requireGuest(context, vm), volume.pool, volume.volumeUuid)
    const { directory, file } = requireFile(context, volume.pool, volume.volumeUuid)
    const { images } = context.world
    const content = textOf(images, contentOf(directory, file))
    images.set(contentHash(content), content)
    const sizeBytes = Buffer.byteLength(content)
    context.world.storage.put(directory, snapshotUuid, {
      kind: 'partial',
      sizeBytes: file.sizeBytes,
      physicalBytes: sizeBytes,
      format: 'qcow2',
      content,
    })
    return { sizeBytes, virtualSizeBytes: file.sizeBytes, sha256: contentHash(content) }
  },
  probe: () => ({ effect: 'absent' }),
})
