import { defineWorkflow, type RunFailure } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { requireVolume } from '../volume.repository.ts'
import { endVolume } from '../volume.service.ts'
import { moveVolume } from '../volume.states.ts'
import { placeOf } from '../volume-calls.ts'
import { callSite, type Site, undoSite } from '../volume-site.ts'

const cause = 'volume.remove'

/** Removes the file of a volume that its command moved to Expunging, then the volume. What fails stays Destroy. */
export type VolumeRemoveInput = {
  readonly volumeId: number
  /** Null: it had no file and is gone already. */
  readonly site: Site | null
}

export const volumeRemoveWorkflow = defineWorkflow<ServerContext, VolumeRemoveInput, Database>('volume.remove')
  .step('file', {
    when: (s) => s.input.site !== null,
    do: async (s) => {
      const volume = await requireVolume(s.ctx.db, s.input.volumeId)
      // Removing is the same whoever does it and however often.
      const site = await undoSite(s.ctx, s.input.site!, volume.pool_id!)
      const { pool } = await placeOf(s.ctx.db, volume)
      await callSite(s.ctx, s, site, 'volume.remove', { pool, volumeUuid: volume.uuid }, { part: String(site.hostId) })
    },
    uncancellable: true,
    deadlineMs: 3_600_000,
  })
  .onSucceeded(async (tx, s) => {
    await endVolume(tx, s.ctx, await requireVolume(tx, s.input.volumeId), cause)
  })
  .onFailed(async (tx, s, failure: RunFailure) => {
    if (failure.kind === 'preempted') return
    const volume = await requireVolume(tx, s.input.volumeId)
    const { code, message } = failure
    if (volume.state !== 'Expunging') return
    await moveVolume(tx, s.ctx, volume, 'OperationFailed', { cause, evidence: { code, message } })
  })
  .build()
