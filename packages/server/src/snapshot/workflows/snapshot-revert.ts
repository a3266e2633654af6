import { defineWorkflow, type RunFailure } from '@altostack/workflow'
import { claimPoolAsSeen, releasePool } from '../../capacity/index.ts'
import type { ServerContext } from '../../context.ts'
import type { Database, Tx } from '../../db/database.ts'
import {
  callSite,
  formatOf,
  moveVolume,
  placeOf,
  requireVolume,
  runAtSite,
  type Site,
  throttled,
  updateVolumeColumns,
  type Volume,
} from '../../volume/index.ts'
import { imageOf } from '../snapshot-image.ts'

const cause = 'snapshot.revert'

/**
 * Puts a snapshot's image in the place of a volume that its command moved to RevertSnapshotting and that nobody has open.
 * The old content stays until the new one is there and checked, then it is gone: that is the point.
 */
export type SnapshotRevertInput = {
  readonly snapshotId: number
  readonly volumeId: number
  readonly site: Site
  readonly fromBytes: number
  readonly toBytes: number
}

export const snapshotRevertWorkflow = defineWorkflow<ServerContext, SnapshotRevertInput, Database>('snapshot.revert')
  .step('replace', {
    do: async (s) => {
      const volume = await requireVolume(s.ctx.db, s.input.volumeId)
      const { pool } = await placeOf(s.ctx.db, volume)
      const call = {
        pool,
        volume: { uuid: volume.uuid, format: formatOf(volume), sizeBytes: s.input.toBytes },
        image: await imageOf(s.ctx.db, s.input.snapshotId),
      }
      return await runAtSite(s.ctx, s, s.input.site, 'volume.fetch', call, throttled(s))
    },
    undo: async (s) => {
      // It may be there already: the row says what the disk is.
      const volume = await requireVolume(s.ctx.db, s.input.volumeId)
      const { pool, volumeUuid } = await placeOf(s.ctx.db, volume)
      const { present, sizeBytes } = await callSite(s.ctx, s, s.input.site, 'volume.stat', { pool, volumeUuid })
      if (!present || sizeBytes === volume.size) return
      await updateVolumeColumns(s.ctx.db, volume.id, { size: sizeBytes })
    },
    uncancellable: true,
    deadlineMs: 24 * 3_600_000,
  })
  .onSucceeded(async (tx, s) => {
    const volume = await requireVolume(tx, s.input.volumeId)
    await settle(tx, volume, s.input, s.input.toBytes)
    await moveVolume(tx, s.ctx, volume, 'OperationSucceeded', {
      cause,
      // The image is whole: what it was once built on does not lie under it any more.
      set: { size: s.input.toBytes },
    })
  })
  .onFailed(async (tx, s, failure: RunFailure) => {
    if (failure.kind === 'preempted') return
    const volume = await requireVolume(tx, s.input.volumeId)
    await settle(tx, volume, s.input, volume.size)
    await moveVolume(tx, s.ctx, volume, 'OperationFailed', { cause, evidence: { code: failure.code } })
  })
  .build()

/** While it lasts the larger of both sizes is claimed; then what the disk really has. */
async function settle(tx: Tx, volume: Volume, input: SnapshotRevertInput, bytes: number): Promise<void> {
  const claimed = Math.max(input.fromBytes, input.toBytes)
  if (volume.pool_id === null || claimed === bytes) return
  if (claimed > bytes) await releasePool(tx, volume.pool_id, claimed - bytes)
  else await claimPoolAsSeen(tx, volume.pool_id, bytes - claimed)
}
