import type { Queries } from '../db/database.ts'

/** How a workflow's run stands; undefined for one that was never begun, or is pruned. */
export async function findRun(
  db: Queries,
  runId: string,
): Promise<{ readonly status: string; readonly error: string | null } | undefined> {
  return await db.selectFrom('workflow_run').select(['status', 'error']).where('id', '=', runId).executeTakeFirst()
}

/** Gives up what a run holds before it ends. */
export async function releaseLock(db: Queries, runId: string): Promise<void> {
  await db.deleteFrom('workflow_lock').where('run_id', '=', runId).execute()
}
