import { chmod, chown, stat } from 'node:fs/promises'
import type { DiskSpec } from '@altostack/agent-api'
import type { HostContext } from '../host-context.ts'
import { driverOf } from './drivers.ts'
import { qemuOwner } from './qemu-owner.ts'

/**
 * Files of a guest that is about to start belong to QEMU, since libvirt does not relabel ours: that of a guest that was
 * imported was given to root when libvirt ended it.
 */
export async function ownDisks(context: HostContext, disks: readonly DiskSpec[]): Promise<void> {
  const owner = await qemuOwner(context)
  for (const { pool, volumeUuid } of disks) {
    const driver = driverOf(pool)
    if (driver.kind !== 'file') continue
    await context.pools.use(pool, async () => {
      const path = driver.path(pool, volumeUuid)
      const info = await stat(path).catch(() => undefined)
      if (info === undefined || (info.uid === owner.uid && info.gid === owner.gid)) return
      await chown(path, owner.uid, owner.gid)
      await chmod(path, 0o660)
    })
  }
}
