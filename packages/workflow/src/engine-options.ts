import type { Json, Runtime } from '@altostack/core'
import type { Expression, Kysely, Transaction } from 'kysely'
import type { Workflow } from './define-workflow.ts'
import type { RunFailure } from './step-scope.ts'
import type { WorkflowTables } from './workflow-tables.ts'

/** Where something happened. */
export type RunPlace = { readonly runId: string; readonly workflow: string; readonly step?: string }

/**
 * A point that a test may break at: throw a CrashForTest to stand for kill -9, an AltoError or RetryLater to fail the
 * body there. `after-*` points lie between the effect and the saving of its output.
 */
export type FaultPoint = {
  readonly at: 'before-do' | 'after-do' | 'before-undo' | 'after-undo' | 'before-commit' | 'after-commit'
  readonly runId: string
  /** Absent at the commit points. */
  readonly step?: string
  readonly kind?: 'effect' | 'transact'
}

export type FinishedRun = RunPlace & {
  readonly status: 'succeeded' | 'failed'
  readonly failure?: RunFailure
}

export type EngineOptions<C, DB extends WorkflowTables> = {
  readonly db: Kysely<DB>
  readonly runtime: Runtime
  /** A UUID made at each start of the process, never stored and used again. */
  readonly incarnation: string
  // biome-ignore lint/suspicious/noExplicitAny: inputs and outputs differ from workflow to workflow
  readonly workflows: readonly Workflow<C, any, any, any>[]
  readonly ctx: C
  /** Runs that are worked on at the same time, asked at each begin; a sleeping run does not count. Default 256. */
  readonly concurrency?: () => number
  /** The database's clock in ms, as SQL. Default: UNIX_TIMESTAMP(NOW(3)) or unixepoch('subsec'), by dialect. */
  readonly databaseNow?: () => Expression<number>
  /** Runs `body` in a transaction. Default: `db.transaction().execute(body)`. The engine itself repeats lost races. */
  readonly transaction?: <R>(body: (tx: Transaction<DB>) => Promise<R>) => Promise<R>
  /** A server that has not beaten for so long is dead, ms. Default 15,000. */
  readonly leaseMs?: number
  /** Pause between beats, ms. Default a third of `leaseMs`. */
  readonly beatMs?: number
  /** Surrounds each effect, e.g. with an AsyncLocalStorage that puts run and step on each log line. */
  readonly around?: <R>(place: RunPlace, body: () => Promise<R>) => Promise<R>
  /** A step has begun or ended, or has saved its progress: for whoever shows what runs. Never waited for. */
  readonly onProgress?: (run: { readonly runId: string }) => void
  /** After the commit that ended a run. */
  readonly onFinished?: (run: FinishedRun) => void
  /** An undo, or the ending, keeps failing: somebody must look, then call `resume`. */
  readonly onStuck?: (run: RunPlace & { readonly failure: RunFailure; readonly error: unknown }) => void
  /** A step threw what it should not. The run unwinds. */
  readonly onBug?: (run: RunPlace & { readonly error: unknown }) => void
  /** A step, or its undo, has passed its deadline. */
  readonly onLate?: (run: RunPlace & { readonly deadlineMs: number }) => void
  /** This incarnation's own lease ran out: the process should end and start again as a new one. */
  readonly onLeaseLost?: () => void
  /** The database failed under a run; the engine goes on from the saved state after a pause. */
  readonly onDatabaseError?: (run: Partial<RunPlace> & { readonly error: unknown }) => void
  /** Tests only. */
  readonly faults?: (point: FaultPoint) => void
}

export type StartOptions = {
  /** UUID of the run; a fresh one by default. */
  readonly id?: string
  /** At most one live run holds a key, e.g. `vm:<uuid>`; a busy one throws LockBusy. At most 190 characters. */
  readonly lockKey?: string
  /** Ends the live run that holds the key, without its undos: its `onFailed` hears kind 'preempted'. */
  readonly preempt?: boolean
}

/** Runs workflows durably: each run goes on after a crash of any process at any instant. */
// biome-ignore lint/suspicious/noExplicitAny: a context that holds its engine need not name its tables
export type WorkflowEngine<C, DB extends WorkflowTables = any> = {
  readonly incarnation: string
  /**
   * Call once at start, before `start` and `kick`: begins this incarnation's lease, takes over the runs of dead
   * incarnations (with `all`, of every other one: the caller holds a lock that proves it is alone) and goes on with them.
   * Answers how many it took.
   */
  recover(options?: { readonly all?: boolean }): Promise<number>
  /** Saves a new run in the caller's transaction and answers its id. After the commit call `kick`. */
  start<I extends Json>(
    tx: Transaction<DB>,
    // biome-ignore lint/suspicious/noExplicitAny: the tables and outputs of a workflow are its own matter
    workflow: Workflow<C, I, any, any>,
    input: NoInfer<I>,
    options?: StartOptions,
  ): Promise<string>
  /** Makes the engine look at a run that was just committed. Harmless for a run that is not there or not ours. */
  kick(runId: string): void
  /** Makes a sleeping run go on at once; for a run at work, its next sleep is skipped. */
  wake(runId: string): void
  /** Asks the run to stop between steps and unwind. False: it has ended, or unwinds already. After the commit `wake` it. */
  cancel(tx: Transaction<DB>, runId: string): Promise<boolean>
  /** Tries a stuck run's undo again, on this server. False: it is not stuck. */
  resume(runId: string): Promise<boolean>
  /** Resolves when no run is at work, waiting or asleep here; rejects with the CrashForTest that killed the engine. */
  idle(): Promise<void>
  /** Runs that are at work, waiting or asleep here. */
  size(): number
  /** Lets the effects in flight end (at most `graceMs`, default 10,000; their signals are aborted), begins no more. */
  stop(options?: { readonly graceMs?: number }): Promise<void>
}
