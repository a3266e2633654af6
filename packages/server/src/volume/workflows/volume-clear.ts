import { defineWorkflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { hostPoolRef, requirePool } from '../../storage/index.ts'
import { requireVolume } from '../volume.repository.ts'
import { callSite, type Site, undoSite } from '../volume-site.ts'

/** Removes the file that a volume has left behind on a pool; what fails is found again by the clean-up of pools. */
export type VolumeClearInput = { readonly volumeId: number; readonly poolId: number; readonly site: Site }

export const volumeClearWorkflow = defineWorkflow<ServerContext, VolumeClearInput, Database>('volume.clear')
  .step('file', {
    do: async (s) => {
      const { ctx, input } = s
      const volume = await requireVolume(ctx.db, input.volumeId)
      // It has come back meanwhile: what is there is the volume itself.
      if (volume.pool_id === input.poolId || volume.state === 'Migrating') return
      const pool = await requirePool(ctx.db, input.poolId)
      const site = await undoSite(ctx, input.site, input.poolId)
      const call = { pool: hostPoolRef(pool), volumeUuid: volume.uuid }
      await callSite(ctx, s, site, 'volume.remove', call, { part: String(site.hostId) })
    },
    deadlineMs: 3_600_000,
  })
  .build()

/** Held while the file that a volume left on a pool is removed: it cannot move back meanwhile. */
export function leftoverLock(poolId: number, volumeId: number): string {
  return `leftover:${poolId}:${volumeId}`
}
