import type { Queries, Row } from '../db/database.ts'
import { findRun } from '../jobs/run.repository.ts'

export type EvacuationMove = Row<'host_evacuation_move'>
export type EvacuatedGuest = Row<'vm_instance'>

const settled = ['Stopped', 'Destroyed', 'Expunging', 'Expunged', 'Error']

/** Guests that are on a host or on their way from it. */
export async function guestsLeaving(db: Queries, hostId: number): Promise<EvacuatedGuest[]> {
  return await db
    .selectFrom('vm_instance')
    .selectAll()
    .where('removed', 'is', null)
    .where('state', 'not in', settled)
    .where((e) =>
      e.or([e('host_id', '=', hostId), e.and([e('last_host_id', '=', hostId), e('state', '=', 'Migrating')])]),
    )
    .orderBy('id')
    .execute()
}

/** Of the guests on a host, those with a disk that only this host has. */
export async function guestsWithLocalDisks(db: Queries, hostId: number): Promise<ReadonlySet<number>> {
  const rows = await db
    .selectFrom('volumes')
    .innerJoin('storage_pool', 'storage_pool.id', 'volumes.pool_id')
    .innerJoin('vm_instance', 'vm_instance.id', 'volumes.instance_id')
    .select('vm_instance.id')
    .distinct()
    .where('storage_pool.host_id', '=', hostId)
    .where('vm_instance.host_id', '=', hostId)
    .where('volumes.removed', 'is', null)
    .where('vm_instance.state', 'not in', settled)
    .execute()
  return new Set(rows.map((row) => row.id))
}

export async function evacuationMoves(db: Queries, hostId: number): Promise<ReadonlyMap<number, EvacuationMove>> {
  const rows = await db.selectFrom('host_evacuation_move').selectAll().where('host_id', '=', hostId).execute()
  return new Map(rows.map((row) => [row.vm_id, row]))
}

/** Notes that a migration of the guest begins. */
export async function noteMove(db: Queries, hostId: number, vmId: number, runId: string, now: number): Promise<void> {
  const before = await db
    .selectFrom('host_evacuation_move')
    .select(['id', 'attempts'])
    .where('host_id', '=', hostId)
    .where('vm_id', '=', vmId)
    .executeTakeFirst()
  if (before === undefined) {
    await db
      .insertInto('host_evacuation_move')
      .values({ host_id: hostId, vm_id: vmId, run_id: runId, attempts: 1, created: now })
      .execute()
    return
  }
  await db
    .updateTable('host_evacuation_move')
    .set({ run_id: runId, attempts: before.attempts + 1, failure_code: null, failure_seen: null })
    .where('id', '=', before.id)
    .execute()
}

export async function noteMoveFailure(db: Queries, id: number, code: string, seen: string): Promise<void> {
  await db
    .updateTable('host_evacuation_move')
    .set({ failure_code: code.slice(0, 64), failure_seen: seen.slice(0, 1024) })
    .where('id', '=', id)
    .execute()
}

export async function forgetMoves(db: Queries, hostId: number): Promise<void> {
  await db.deleteFrom('host_evacuation_move').where('host_id', '=', hostId).execute()
}

/** How a migration ended: undefined while it goes on; null when it moved its guest or is gone; else its failure. */
export async function moveFailure(
  db: Queries,
  runId: string,
): Promise<{ readonly code: string; readonly seen: string } | null | undefined> {
  const run = await findRun(db, runId)
  if (run === undefined || run.status === 'succeeded') return null
  if (run.status !== 'failed') return undefined
  const failure = JSON.parse(run.error ?? '{}') as { readonly code?: string; readonly message?: string }
  return { code: failure.code ?? 'workflow.failed', seen: failure.message ?? '' }
}

/** The live run that holds the host's lock, with the name of its workflow. */
export async function runOfHost(
  db: Queries,
  hostId: number,
): Promise<{ readonly id: string; readonly name: string } | undefined> {
  return await db
    .selectFrom('workflow_lock')
    .innerJoin('workflow_run', 'workflow_run.id', 'workflow_lock.run_id')
    .select(['workflow_run.id', 'workflow_run.name'])
    .where('workflow_lock.lock_key', '=', hostLock(hostId))
    .executeTakeFirst()
}

/** At most one live run a host. */
export function hostLock(hostId: number): string {
  return `host:${hostId}`
}
