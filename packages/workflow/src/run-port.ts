import type { Runtime } from '@altostack/core'
import type { Kysely, Transaction } from 'kysely'
import type { Workflow } from './define-workflow.ts'
import type { FaultPoint, RunPlace } from './engine-options.ts'
import type { SavedRun } from './run-store.ts'
import type { WorkflowTables } from './workflow-tables.ts'

/** What the engine lends to the driving of one run. */
export type RunPort = {
  readonly db: Kysely<WorkflowTables>
  readonly runtime: Runtime
  readonly ctx: unknown
  readonly incarnation: string
  readonly workflows: ReadonlyMap<string, Workflow>
  /** Commits `body`, repeating lost races. Throws the CrashForTest that killed the engine. */
  readonly commit: <R>(runId: string, body: (tx: Transaction<WorkflowTables>) => Promise<R>) => Promise<R>
  readonly fault: (point: FaultPoint) => void
  readonly around: <R>(place: RunPlace, body: () => Promise<R>) => Promise<R>
  /** Aborted with LeaseLost or EngineStopping. */
  readonly interrupt: AbortSignal
  /** Throws LeaseLost when the lease of this incarnation may have run out. */
  readonly assertLease: () => void
  readonly cancelSeen: { value: boolean }
  /** An attempt begins: wake-ups until now are heard by it. */
  readonly takeWake: () => void
  readonly onProgress: (runId: string) => void
  readonly onBug: (place: RunPlace, error: unknown) => void
  readonly onLate: (place: RunPlace, deadlineMs: number) => void
  /** An undo waits; the engine tells `onLate` once when that has lasted `deadlineMs`. */
  readonly onWaitingUndo: (place: RunPlace, deadlineMs: number) => void
}

/** One run while it is driven. */
export type Drive = { readonly port: RunPort; readonly run: SavedRun; readonly workflow: Workflow }

/** From the start of an uncancellable step on, the run goes forward. */
export function ignoresCancel(drive: Drive): boolean {
  return drive.workflow.steps.some(
    (step) => step.kind === 'effect' && step.uncancellable === true && drive.run.steps.has(step.name),
  )
}
