import { AltoError } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { beginRemove } from './begin-remove.ts'
import { requireVolume } from './volume.repository.ts'
import { volumeRemoveWorkflow } from './workflows/volume-remove.ts'

/**
 * Starts runs, in the caller's transaction, that remove volumes in the bin for good. What cannot be removed now stays
 * there for the clean-up. Answers how many begin.
 */
export async function expungeVolumes(tx: Tx, ctx: ServerContext, ids: readonly number[]): Promise<number> {
  let begun = 0
  for (const id of ids) {
    const volume = await requireVolume(tx, id)
    if (volume.removed !== null || volume.state !== 'Destroy' || volume.instance_id !== null) continue
    try {
      const input = await beginRemove(tx, ctx, volume, 'volume.expunge')
      begun++
      if (input === undefined) continue
      const runId = await ctx.engine.start(tx, volumeRemoveWorkflow, input, { lockKey: `volume:${id}` })
      ctx.afterCommit(() => ctx.engine.kick(runId))
    } catch (error) {
      // Thrown before anything is written: no host has the pool now.
      if (!(error instanceof AltoError) || error.code !== 'volume.pool-unreachable') throw error
    }
  }
  return begun
}
