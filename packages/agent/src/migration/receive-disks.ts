import type { DiskCopy } from '@altostack/agent-api'
import type { HostContext } from '../host-context.ts'
import { refuseUse } from '../storage/copy-volume.ts'
import { driverOf } from '../storage/drivers.ts'
import { createImage } from '../storage/qemu-img.ts'
import { qemuOwner } from '../storage/qemu-owner.ts'
import { imagePath } from '../storage/volumes.ts'

/**
 * Empty images for the disks that come with a guest, whole and with nothing under them. What an earlier attempt left is
 * replaced: half a disk is worth nothing. Refuses an image that a guest of this host has.
 */
export async function receiveDisks(context: HostContext, copies: readonly DiskCopy[]): Promise<void> {
  if (copies.length === 0) return
  const owner = await qemuOwner(context)
  for (const { to, volumeUuid, format, sizeBytes } of copies) {
    await refuseUse(context, to, volumeUuid)
    const driver = driverOf(to)
    await context.pools.use(to, async () => {
      await driver.remove(context, to, volumeUuid)
      const path = await driver.reserve(context, to, volumeUuid, { format, sizeBytes })
      await createImage(context.runtime, { path, format, sizeBytes })
      await driver.publish(context, to, volumeUuid, owner)
    })
  }
}

/** Where a disk that goes along is on the destination, for the guest's XML there. */
export function destinationSource({ to, volumeUuid }: DiskCopy): {
  readonly kind: 'file' | 'block'
  readonly path: string
} {
  return { kind: driverOf(to).kind, path: imagePath(to, volumeUuid) }
}
