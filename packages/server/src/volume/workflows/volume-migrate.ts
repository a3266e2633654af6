import { Bug } from '@altostack/core'
import { defineWorkflow, type RunFailure } from '@altostack/workflow'
import { releasePool } from '../../capacity/index.ts'
import type { ServerContext } from '../../context.ts'
import type { Database, Tx } from '../../db/database.ts'
import { hostPoolRef, requirePool } from '../../storage/index.ts'
import { requireVolume, updateVolumeColumns } from '../volume.repository.ts'
import { moveVolume } from '../volume.states.ts'
import { placeOf } from '../volume-calls.ts'
import { callSite, runAtSite, type Site, throttled, undoSite } from '../volume-site.ts'
import { leftoverLock, volumeClearWorkflow } from './volume-clear.ts'

const cause = 'volume.migrate'

/**
 * Moves a volume that its command moved to Migrating to a pool whose space is claimed: copied while nobody has it open,
 * or mirrored under its running guest, which goes on with the copy once it is in step. The source is removed by a run of its own, once the move is committed: no undo of
 * this one can then find itself without either copy.
 */
export type VolumeMigrateInput = {
  readonly volumeId: number
  readonly site: Site
  readonly fromPoolId: number
  readonly toPoolId: number
  readonly bytes: number
  readonly offeringId: number | null
}

export const volumeMigrateWorkflow = defineWorkflow<ServerContext, VolumeMigrateInput, Database>('volume.migrate')
  .step('copy', {
    do: async (s) => {
      const { ctx, input } = s
      const volume = await placeOf(ctx.db, await requireVolume(ctx.db, input.volumeId))
      const to = await poolRef(ctx, input.toPoolId)
      const { vm } = input.site
      return vm === null
        ? await runAtSite(ctx, s, input.site, 'volume.copy', { volume, to }, throttled(s))
        : await runAtSite(ctx, s, input.site, 'volume.mirror', { vm, volume, to }, throttled(s))
    },
    undo: async (s) => {
      const { ctx, input } = s
      const row = await requireVolume(ctx.db, input.volumeId)
      const volume = await placeOf(ctx.db, row)
      const to = await poolRef(ctx, input.toPoolId)
      const { vm } = input.site
      const site = await undoSite(ctx, input.site, input.toPoolId)
      const part = `undo-${s.epoch}-${s.attempt}`
      const turned = row.copy_pool_id === input.toPoolId
      const keep = () => updateVolumeColumns(ctx.db, row.id, { pool_id: input.toPoolId })
      if (vm !== null && site.hostId === input.site.hostId) {
        const end = { vm, volume, to, decision: 'back' as const, turned }
        const { moved } = await callSite(ctx, s, site, 'volume.mirror.end', end, { part })
        // The guest writes to the copy: that is the volume now, whatever became of the run.
        if (moved) await keep()
        return
      }
      // What a fenced host's guest wrote last is on the copy for sure, on the source perhaps.
      if (turned) return await keep()
      await callSite(ctx, s, site, 'volume.remove', { pool: to, volumeUuid: row.uuid }, { part })
    },
    deadlineMs: 48 * 3_600_000,
  })
  .transact('turn', {
    when: (s) => s.input.site.vm !== null,
    // From now on the copy has all that the guest ever wrote, whichever of them its QEMU has when it dies.
    do: async (tx, s) => {
      await updateVolumeColumns(tx, s.input.volumeId, { copy_pool_id: s.input.toPoolId })
    },
  })
  .step('pivot', {
    when: (s) => s.input.site.vm !== null,
    do: async (s) => {
      const { ctx, input } = s
      const volume = await placeOf(ctx.db, await requireVolume(ctx.db, input.volumeId))
      const end = { vm: input.site.vm!, volume, to: await poolRef(ctx, input.toPoolId), turned: true }
      const { moved } = await callSite(ctx, s, input.site, 'volume.mirror.end', { ...end, decision: 'turn' })
      if (!moved) throw new Bug(`host ${input.site.hostId} says that the disk was not turned, and why it does not say`)
      return { moved }
    },
    deadlineMs: 3_600_000,
  })
  .onSucceeded(async (tx, s) => await settle(tx, s.ctx, s.input, true))
  .onFailed(async (tx, s, failure: RunFailure) => {
    if (failure.kind === 'preempted') return
    const volume = await requireVolume(tx, s.input.volumeId)
    await settle(tx, s.ctx, s.input, volume.pool_id === s.input.toPoolId, failure.code)
  })
  .build()

async function poolRef(ctx: ServerContext, id: number) {
  return hostPoolRef(await requirePool(ctx.db, id))
}

/** The claim of the pool that the volume is not on is given back, and its file there goes. */
async function settle(
  tx: Tx,
  ctx: ServerContext,
  input: VolumeMigrateInput,
  moved: boolean,
  failure?: string,
): Promise<void> {
  const volume = await requireVolume(tx, input.volumeId)
  await releasePool(tx, moved ? input.fromPoolId : input.toPoolId, input.bytes)
  await moveVolume(tx, ctx, volume, failure === undefined ? 'OperationSucceeded' : 'OperationFailed', {
    cause,
    ...(failure === undefined ? {} : { evidence: { code: failure } }),
    set: {
      copy_pool_id: null,
      ...(moved ? { pool_id: input.toPoolId, last_pool_id: input.fromPoolId, disk_offering_id: input.offeringId } : {}),
    },
  })
  if (!moved) return
  const left = { volumeId: volume.id, poolId: input.fromPoolId, site: input.site }
  const runId = await ctx.engine.start(tx, volumeClearWorkflow, left, {
    lockKey: leftoverLock(left.poolId, left.volumeId),
  })
  ctx.afterCommit(() => ctx.engine.kick(runId))
}
