import { volumeFailure } from '@altostack/core'
import { defineWorkflow } from '@altostack/workflow'
import { releasePool } from '../../capacity/index.ts'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { deleteTagsOf } from '../../tag/index.ts'
import { callSite, placeOf, requireVolume, type Site, unmanageVolume } from '../../volume/index.ts'

export type VolumeUnmanageInput = { readonly volumeId: number; readonly site: Site }

/**
 * Lets go of a detached volume: its file stays under its name. The row gives up its id, so that no clean-up takes the file
 * for one of a volume that is gone, and so that it may come back by an import.
 */
export const volumeUnmanageWorkflow = defineWorkflow<ServerContext, VolumeUnmanageInput, Database>('volume.unmanage')
  .step('look', {
    do: async (s) => {
      const volume = await requireVolume(s.ctx.db, s.input.volumeId)
      const { pool, volumeUuid } = await placeOf(s.ctx.db, volume)
      const { present } = await callSite(s.ctx, s, s.input.site, 'volume.stat', { pool, volumeUuid })
      if (!present)
        throw volumeFailure('volume.unmanage-refused', `The file of volume ${volume.name} is not on its pool`)
    },
    deadlineMs: 10 * 60_000,
  })
  .transact('forget', {
    do: async (tx, s) => {
      const volume = await requireVolume(tx, s.input.volumeId)
      if (volume.state !== 'Ready' || volume.instance_id !== null) {
        throw volumeFailure('volume.state', `Volume ${volume.name} is ${volume.state}`, { seen: volume.state })
      }
      await releasePool(tx, volume.pool_id!, volume.size)
      await unmanageVolume(tx, volume, s.ctx.runtime.uuid(), s.ctx.runtime.now())
      await deleteTagsOf(tx, volume.uuid)
    },
  })
  .build()
