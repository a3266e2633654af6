import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { snapshotsOfPolicy } from './snapshot.repository.ts'
import { moveSnapshot } from './snapshot.states.ts'
import { snapshotDeleteWorkflow } from './workflows/snapshot-delete.ts'

/** Starts to delete what a policy has beyond its number, the oldest first, in the caller's transaction. */
export async function trimPolicy(tx: Tx, ctx: ServerContext, policyId: number): Promise<void> {
  const policy = await tx.selectFrom('snapshot_policy').selectAll().where('id', '=', policyId).executeTakeFirst()
  if (policy === undefined) return
  for (const snapshot of (await snapshotsOfPolicy(tx, policyId)).slice(policy.max_snaps)) {
    await moveSnapshot(tx, ctx, snapshot, 'DestroyRequested', { cause: 'snapshot.policy' })
    const lockKey = `snapshot:${snapshot.id}`
    const runId = await ctx.engine.start(tx, snapshotDeleteWorkflow, { snapshotId: snapshot.id }, { lockKey })
    ctx.afterCommit(() => ctx.engine.kick(runId))
  }
}
