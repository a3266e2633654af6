import { defineWorkflow, type RunFailure } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { imageOf } from '../../snapshot/snapshot-image.ts'
import { requireVolume } from '../volume.repository.ts'
import { abandonCreate, endCreate, endVolume } from '../volume.service.ts'
import { placeOf } from '../volume-calls.ts'
import { callSite, runAtSite, type Site, throttled, undoSite } from '../volume-site.ts'

const cause = 'volume.create'

/**
 * Makes the file of a new volume on the pool that its command has claimed, through `site`; without one the volume stays a
 * plan until it is attached. A failure takes file, claim and row away.
 */
export type VolumeCreateInput = {
  readonly volumeId: number
  readonly site: Site | null
  /** The snapshot whose image it begins as. */
  readonly snapshotId?: number
}

export const volumeCreateWorkflow = defineWorkflow<ServerContext, VolumeCreateInput, Database>('volume.create')
  .step('file', {
    when: (s) => s.input.site !== null,
    do: async (s) => {
      const volume = await requireVolume(s.ctx.db, s.input.volumeId)
      const { pool, format } = await placeOf(s.ctx.db, volume)
      const made = { uuid: volume.uuid, sizeBytes: volume.size, format }
      if (s.input.snapshotId === undefined) {
        return await callSite(s.ctx, s, s.input.site!, 'volume.create', { pool, volume: made })
      }
      const image = await imageOf(s.ctx.db, s.input.snapshotId)
      const file = await runAtSite(s.ctx, s, s.input.site!, 'volume.fetch', { pool, volume: made, image }, throttled(s))
      return { ...(file as { sizeBytes: number; physicalBytes: number }), path: volume.uuid }
    },
    undo: async (s) => {
      const volume = await requireVolume(s.ctx.db, s.input.volumeId)
      const site = await undoSite(s.ctx, s.input.site!, volume.pool_id!)
      const { pool } = await placeOf(s.ctx.db, volume)
      await callSite(s.ctx, s, site, 'volume.remove', { pool, volumeUuid: volume.uuid }, { part: 'undo' })
    },
    deadlineMs: 24 * 3_600_000,
  })
  .transact('ready', {
    do: async (tx, s) => {
      const volume = await requireVolume(tx, s.input.volumeId)
      if (s.out.file !== undefined) await endCreate(tx, s.ctx, volume, s.out.file, cause)
      return { volumeId: volume.id }
    },
  })
  .onFailed(async (tx, s, failure: RunFailure) => {
    if (failure.kind === 'preempted') return
    const volume = await requireVolume(tx, s.input.volumeId)
    if (volume.removed !== null) return
    await abandonCreate(tx, s.ctx, volume, cause)
    await endVolume(tx, s.ctx, await requireVolume(tx, volume.id), cause)
  })
  .build()
