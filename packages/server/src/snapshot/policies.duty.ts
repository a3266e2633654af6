import { AltoError } from '@altostack/core'
import { LockBusy } from '@altostack/workflow'
import type { ServerContext } from '../context.ts'
import { transact } from '../db/transaction.ts'
import type { Duty } from '../duties/duty.ts'
import { requireVolume } from '../volume/index.ts'
import { beginSnapshot } from './begin-snapshot.ts'
import { intervalNames, nextRun } from './schedule.ts'
import { snapshotCreateWorkflow } from './workflows/snapshot-create.ts'

/** Takes the snapshots that policies are due for, every snapshot.poll.interval. */
export const policiesDuty: Duty = {
  name: 'snapshot-policies',
  pauseMs: async (ctx) => (await ctx.config.number('snapshot.poll.interval')) * 1000,
  run: async (ctx) => {
    await takeDue(ctx)
  },
}

/**
 * Begins what is due; answers how many. However often one was missed, it is taken once: then its next time is after now.
 * A volume that is busy or out of reach stays due for the next look; what cannot be done at all waits for its next time.
 */
export async function takeDue(ctx: ServerContext): Promise<number> {
  const due = await ctx.db
    .selectFrom('snapshot_policy')
    .select('id')
    .where('active', '=', 1)
    .where('next_run', '<=', ctx.runtime.now())
    .orderBy('next_run')
    .limit(500)
    .execute()
  let begun = 0
  for (const { id } of due) {
    try {
      if (await transact(ctx, (tx) => take(tx, ctx, id))) begun++
    } catch (error) {
      if (error instanceof LockBusy) continue
      if (!(error instanceof AltoError)) throw error
      ctx.log.warn(
        { policy: id, code: error.code, seen: error.seen },
        `a snapshot by policy was not taken: ${error.message}`,
      )
      if (!waits.includes(error.code)) await transact(ctx, (tx) => putOff(tx, ctx, id))
    }
  }
  return begun
}

/** The volume is busy or its hosts are away: that passes. */
const waits: readonly string[] = ['volume.state', 'volume.pool-unreachable', 'api.in-use']
type Tx = Parameters<typeof beginSnapshot>[0]

async function take(tx: Tx, ctx: ServerContext, policyId: number): Promise<boolean> {
  const policy = await tx.selectFrom('snapshot_policy').selectAll().where('id', '=', policyId).executeTakeFirst()
  if (policy === undefined || policy.active !== 1 || policy.next_run > ctx.runtime.now()) return false
  const volume = await requireVolume(tx, policy.volume_id)
  if (volume.removed !== null) {
    await tx.deleteFrom('snapshot_policy').where('id', '=', policyId).execute()
    return false
  }
  await putOff(tx, ctx, policyId)
  const type = intervalNames[policy.interval] ?? 'MANUAL'
  const begun = await beginSnapshot(tx, ctx, volume, { name: undefined, type, policyId })
  const runId = await ctx.engine.start(tx, snapshotCreateWorkflow, begun.input, { lockKey: begun.lockKey })
  ctx.afterCommit(() => ctx.engine.kick(runId))
  return true
}

async function putOff(tx: Tx, ctx: ServerContext, policyId: number): Promise<void> {
  const policy = await tx.selectFrom('snapshot_policy').selectAll().where('id', '=', policyId).executeTakeFirst()
  if (policy === undefined) return
  const next_run = nextRun(policy.interval, policy.schedule, policy.timezone, ctx.runtime.now())
  await tx.updateTable('snapshot_policy').set({ next_run }).where('id', '=', policyId).execute()
}
