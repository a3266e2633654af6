import type { Json, JsonObject } from '@altostack/core'
import type { Kysely, Selectable, Transaction } from 'kysely'
import type { RunFailure } from './step-scope.ts'
import { LeaseLost } from './workflow-errors.ts'
import type { RunStatus, WorkflowTables } from './workflow-tables.ts'

export type StepRow = Selectable<WorkflowTables['workflow_step']>
export type SavedRun = {
  readonly id: string
  readonly name: string
  readonly input: Json
  status: RunStatus
  failure: RunFailure | undefined
  readonly owner: string
  readonly epoch: number
  readonly lockKey: string | null
  cancelRequested: boolean
  attempts: number
  wakeAt: number | undefined
  /** By name, in the order in which they began. */
  steps: Map<string, StepRow>
  /** Outputs by step name. */
  out: Record<string, unknown>
}

export const liveStatuses = ['running', 'unwinding'] as const

/** A run with its steps; undefined when there is none. */
export async function loadRun(db: Kysely<WorkflowTables>, id: string): Promise<SavedRun | undefined> {
  const row = await db.selectFrom('workflow_run').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) return undefined
  const steps = await db
    .selectFrom('workflow_step')
    .selectAll()
    .where('run_id', '=', id)
    .orderBy('seq')
    .orderBy('name')
    .execute()
  const out: Record<string, unknown> = {}
  for (const step of steps) if (step.output !== null) out[step.name] = JSON.parse(step.output)
  return {
    id,
    name: row.name,
    input: JSON.parse(row.input) as Json,
    status: row.status,
    failure: row.error === null ? undefined : (JSON.parse(row.error) as RunFailure),
    owner: row.owner,
    epoch: Number(row.epoch),
    lockKey: row.lock_key,
    cancelRequested: Number(row.cancel_requested) !== 0,
    attempts: Number(row.attempts),
    wakeAt: row.wake_at === null ? undefined : Number(row.wake_at),
    steps: new Map(steps.map((step) => [step.name, step])),
    out,
  }
}

/** Who may write a run: both are repeated in the WHERE of every write. */
export type Fence = Pick<SavedRun, 'id' | 'owner' | 'epoch'>
export type RunChange = {
  readonly status?: RunStatus
  readonly failure?: RunFailure
  readonly attempts?: number
  readonly wakeAt?: number
  readonly progress?: JsonObject
}

/** Thrown when a step was about to begin and somebody has asked to cancel. */
export class CancelSeen extends Error {}

/**
 * The first write of each of a run's transactions: proves the lease, and holds the run's row until the commit. Throws
 * LeaseLost; with `heedsCancel`, CancelSeen. Attempts and the sleep start anew unless `change` says otherwise.
 */
export async function writeRun(
  tx: Transaction<WorkflowTables>,
  fence: Fence,
  now: number,
  change: RunChange,
  heedsCancel = false,
): Promise<void> {
  let update = tx
    .updateTable('workflow_run')
    .set((eb) => ({
      saves: eb('saves', '+', 1),
      updated: now,
      ...(change.progress === undefined
        ? { attempts: change.attempts ?? 0, wake_at: change.wakeAt ?? null }
        : { progress: JSON.stringify(change.progress) }),
      ...(change.status === undefined ? {} : { status: change.status }),
      ...(change.failure === undefined ? {} : { error: JSON.stringify(change.failure) }),
    }))
    .where('id', '=', fence.id)
    .where('owner', '=', fence.owner)
    .where('epoch', '=', fence.epoch)
  if (heedsCancel) update = update.where('cancel_requested', '=', 0)
  const { numUpdatedRows } = await update.executeTakeFirst()
  if (numUpdatedRows === 1n) return
  if (heedsCancel) {
    const row = await tx
      .selectFrom('workflow_run')
      .select(['owner', 'epoch', 'cancel_requested'])
      .where('id', '=', fence.id)
      .executeTakeFirst()
    if (row && row.owner === fence.owner && Number(row.epoch) === fence.epoch && Number(row.cancel_requested) !== 0) {
      throw new CancelSeen()
    }
  }
  throw new LeaseLost(`run ${fence.id} is no longer ours at epoch ${fence.epoch}`)
}

/** The last write of a run's last transaction. */
export async function endRun(
  tx: Transaction<WorkflowTables>,
  run: Pick<SavedRun, 'id' | 'lockKey'>,
  status: 'succeeded' | 'failed',
): Promise<void> {
  await tx.updateTable('workflow_run').set({ status }).where('id', '=', run.id).execute()
  if (run.lockKey !== null) await tx.deleteFrom('workflow_lock').where('run_id', '=', run.id).execute()
}

export async function updateStep(
  tx: Transaction<WorkflowTables>,
  runId: string,
  name: string,
  set: Partial<Pick<StepRow, 'status' | 'output' | 'attempts' | 'ended_at'>>,
): Promise<void> {
  await tx.updateTable('workflow_step').set(set).where('run_id', '=', runId).where('name', '=', name).execute()
}

/** An output as it will be read back: what a step returns and what a restart loads are then the same. */
export function encodeOutput(output: unknown): string {
  return JSON.stringify(output ?? null)
}

/** Deletes runs that ended before `endedBefore` (wall clock ms), at most `limit`; answers how many. */
export async function pruneRuns<DB extends WorkflowTables>(
  root: Kysely<DB>,
  options: { readonly endedBefore: number; readonly limit?: number },
): Promise<number> {
  const db = root as unknown as Kysely<WorkflowTables>
  const rows = await db
    .selectFrom('workflow_run')
    .select('id')
    .where('status', 'in', ['succeeded', 'failed'])
    .where('updated', '<', options.endedBefore)
    .limit(options.limit ?? 500)
    .execute()
  if (rows.length === 0) return 0
  const ids = rows.map((row) => row.id)
  await db.transaction().execute(async (tx) => {
    await tx.deleteFrom('workflow_step').where('run_id', 'in', ids).execute()
    await tx.deleteFrom('workflow_run').where('id', 'in', ids).execute()
  })
  return ids.length
}
