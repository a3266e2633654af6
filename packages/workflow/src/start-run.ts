import { type Json, workflowFailure } from '@altostack/core'
import type { Transaction } from 'kysely'
import { isDuplicate, isMysql } from './database-errors.ts'
import type { Workflow } from './define-workflow.ts'
import type { StartOptions } from './engine-options.ts'
import { toFailure } from './failures.ts'
import { endRun, loadRun } from './run-store.ts'
import { LockBusy } from './workflow-errors.ts'
import type { WorkflowTables } from './workflow-tables.ts'

type Tx = Transaction<WorkflowTables>
export type StartPort = {
  readonly incarnation: string
  readonly now: number
  readonly ctx: unknown
  readonly workflows: ReadonlyMap<string, Workflow>
}

/** Inserts a run with its lock; answers the id of the run that it pre-empted, if any. */
export async function startRun(
  tx: Tx,
  port: StartPort,
  workflow: Workflow,
  id: string,
  input: Json,
  options: StartOptions,
): Promise<string | undefined> {
  const { lockKey, preempt } = options
  const preempted = lockKey === undefined ? undefined : await takeLock(tx, port, lockKey, id, preempt === true)
  await tx
    .insertInto('workflow_run')
    .values({
      id,
      name: workflow.name,
      input: JSON.stringify(input),
      status: 'running',
      error: null,
      progress: null,
      owner: port.incarnation,
      epoch: 1,
      lock_key: lockKey ?? null,
      cancel_requested: 0,
      attempts: 0,
      wake_at: null,
      saves: 1,
      created: port.now,
      updated: port.now,
    })
    .execute()
  const first = workflow.steps.find((step) => !step.retired)
  // The first effect is marked as started here, in the caller's commit: one commit fewer.
  if (first?.kind === 'effect' && first.when === undefined) {
    await tx
      .insertInto('workflow_step')
      .values({
        run_id: id,
        name: first.name,
        seq: 0,
        status: 'started',
        output: null,
        attempts: 0,
        started_at: port.now,
        ended_at: null,
      })
      .execute()
  }
  return preempted
}

async function takeLock(
  tx: Tx,
  port: StartPort,
  lockKey: string,
  runId: string,
  preempt: boolean,
): Promise<string | undefined> {
  let preempted: string | undefined
  // Twice: the holder may end between the refused insert and the look at it.
  for (let round = 0; ; round++) {
    try {
      await tx.insertInto('workflow_lock').values({ lock_key: lockKey, run_id: runId }).execute()
      return preempted
    } catch (error) {
      if (!isDuplicate(error) || round > 2) throw error
    }
    const query = tx.selectFrom('workflow_lock').select('run_id').where('lock_key', '=', lockKey)
    // A locking read sees what was committed after this transaction's snapshot.
    const holder = await (isMysql(tx) ? query.forUpdate() : query).executeTakeFirst()
    if (!holder) continue
    if (!preempt) throw new LockBusy(lockKey, holder.run_id)
    await preemptRun(tx, port, holder.run_id)
    preempted = holder.run_id
  }
}

/** Ends a run where it stands: its driver's next write finds a higher epoch. Its undos do not run. */
async function preemptRun(tx: Tx, port: StartPort, runId: string): Promise<void> {
  const failure = {
    ...toFailure(workflowFailure('workflow.preempted', 'An operation of higher rank took over.'), undefined),
    kind: 'preempted',
  } as const
  const { numUpdatedRows } = await tx
    .updateTable('workflow_run')
    .set((eb) => ({
      epoch: eb('epoch', '+', 1),
      saves: eb('saves', '+', 1),
      error: JSON.stringify(failure),
      updated: port.now,
    }))
    .where('id', '=', runId)
    .where('status', 'in', ['running', 'unwinding', 'stuck'])
    .executeTakeFirst()
  const run = numUpdatedRows === 0n ? undefined : await loadRun(tx, runId)
  if (!run) {
    await tx.deleteFrom('workflow_lock').where('run_id', '=', runId).execute()
    return
  }
  const workflow = port.workflows.get(run.name)
  const scope = { ctx: port.ctx, input: run.input, out: run.out, runId, epoch: run.epoch }
  await workflow?.onEnded?.(tx, scope, { status: 'failed', failure })
  await workflow?.onFailed?.(tx, scope, failure)
  await endRun(tx, run, 'failed')
}
