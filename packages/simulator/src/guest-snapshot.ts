import { hostRefusal, type VmToken, type VolumePlace } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { contentOf } from './content.ts'
import { refuseInUse, requireDisk, requireFile, requireGuest } from './guest-disk.ts'
import type { HostContext } from './host-context.ts'

type Snapshot = {
  readonly snapshotUuid: string
  readonly disks: readonly VolumePlace[]
  readonly vm?: VmToken | undefined
}

/** Changes the snapshots inside the disks, or what the disks hold, of a guest that runs or rests. */
export function changeDisks(context: HostContext, snapshot: Snapshot, act: 'create' | 'revert' | 'remove'): void {
  const domain = snapshot.vm === undefined ? undefined : requireGuest(context, snapshot.vm)
  for (const { pool, volumeUuid, format } of snapshot.disks) {
    if (format === 'raw') {
      throw hostRefusal(
        agentFailure('volume.format', 'A raw disk has no room for a snapshot inside it', { seen: volumeUuid }),
      )
    }
    if (domain === undefined) refuseInUse(context, pool, volumeUuid)
    else requireDisk(context, domain, pool, volumeUuid)
    const { directory, file } = requireFile(context, pool, volumeUuid)
    const { modified: _, ...rest } = file
    const { [snapshot.snapshotUuid]: kept, ...others } = file.inner ?? {}
    if (act === 'revert' && kept === undefined) {
      throw hostRefusal(agentFailure('snapshot.absent', 'A disk does not have the snapshot', { seen: volumeUuid }))
    }
    const put = (more: { content?: string; inner?: Record<string, string> }): void =>
      void context.world.storage.put(directory, volumeUuid, { ...rest, ...more })
    if (act === 'remove') put({ inner: others })
    else if (act === 'revert') put({ content: kept ?? '' })
    else if (kept === undefined) put({ inner: { ...others, [snapshot.snapshotUuid]: contentOf(directory, file) } })
  }
}
