import type { Queries, Row } from '../db/database.ts'
import { findRun } from '../jobs/run.repository.ts'

export type PoolWork = Row<'storage_pool_work'>
export type PoolGuest = Row<'vm_instance'>

const atRest = ['Stopped', 'Destroyed', 'Expunging', 'Expunged', 'Error']

/** At most one live run a pool. */
export function poolLock(poolId: number): string {
  return `storage-pool:${poolId}`
}

/** Guests with a disk on the pool that are neither stopped nor gone. */
export async function guestsOnPool(db: Queries, poolId: number): Promise<PoolGuest[]> {
  return await db
    .selectFrom('vm_instance')
    .selectAll()
    .where('removed', 'is', null)
    .where('state', 'not in', atRest)
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('volumes')
        .select((e) => e.fn.coalesce('instance_id', e.val(0)).as('instance_id'))
        .where('pool_id', '=', poolId)
        .where('removed', 'is', null),
    )
    .orderBy('id')
    .execute()
}

export async function workOfPool(db: Queries, poolId: number): Promise<ReadonlyMap<number, PoolWork>> {
  const rows = await db.selectFrom('storage_pool_work').selectAll().where('pool_id', '=', poolId).execute()
  return new Map(rows.map((row) => [row.vm_id, row]))
}

/** Notes that a stop of the guest, or a move of its disks, begins. A stop is made up for when the maintenance ends. */
export async function noteWork(
  db: Queries,
  work: { poolId: number; vmId: number; runId: string; now: number; stops: boolean; again: boolean },
): Promise<void> {
  const before = await db
    .selectFrom('storage_pool_work')
    .select(['id', 'attempts'])
    .where('pool_id', '=', work.poolId)
    .where('vm_id', '=', work.vmId)
    .executeTakeFirst()
  if (before === undefined) {
    await db
      .insertInto('storage_pool_work')
      .values({
        pool_id: work.poolId,
        vm_id: work.vmId,
        run_id: work.runId,
        attempts: 1,
        stopped_for_maintenance: work.stops ? 1 : 0,
        created: work.now,
      })
      .execute()
    return
  }
  await db
    .updateTable('storage_pool_work')
    // Attempts count failures in a row: another disk's move begins anew.
    .set({ run_id: work.runId, attempts: work.again ? before.attempts + 1 : 1, failure_code: null, failure_seen: null })
    .where('id', '=', before.id)
    .execute()
}

/** Whether a run has not ended yet. */
export async function isLive(db: Queries, runId: string): Promise<boolean> {
  const run = await findRun(db, runId)
  return run !== undefined && run.status !== 'succeeded' && run.status !== 'failed'
}

/** How a guest's stop or move ended, where it failed; undefined while it goes on or when it went well. */
export async function workFailure(db: Queries, runId: string): Promise<{ code: string; seen: string } | undefined> {
  const run = await findRun(db, runId)
  if (run?.status !== 'failed') return undefined
  const failure = JSON.parse(run.error ?? '{}') as { readonly code?: string; readonly message?: string }
  return { code: failure.code ?? 'workflow.failed', seen: failure.message ?? '' }
}

export async function forgetWork(db: Queries, poolId: number): Promise<void> {
  await db.deleteFrom('storage_pool_work').where('pool_id', '=', poolId).execute()
}

/** The live run that holds the pool's lock, with the name of its workflow. */
export async function runOfPool(db: Queries, poolId: number): Promise<{ id: string; name: string } | undefined> {
  return await db
    .selectFrom('workflow_lock')
    .innerJoin('workflow_run', 'workflow_run.id', 'workflow_lock.run_id')
    .select(['workflow_run.id', 'workflow_run.name'])
    .where('workflow_lock.lock_key', '=', poolLock(poolId))
    .executeTakeFirst()
}
