import type { Json } from '@altostack/core'
import type { Transaction } from 'kysely'
import type { Output, Retry, RunFailure, Scope, StepScope } from './step-scope.ts'
import type { WorkflowTables } from './workflow-tables.ts'

// biome-ignore lint/suspicious/noExplicitAny: which tables a transaction may touch is the workflow's own matter
type AnyTransaction = Transaction<any>

/** A step whose effect is outside the database: saved as started before it, with its output after it. */
// biome-ignore lint/suspicious/noExplicitAny: the engine runs steps of every type
export type EffectStep<C = any, I = any, O = any, R = any> = {
  readonly kind: 'effect'
  readonly name: string
  /** Must be repeatable under `s.key`: after a crash it runs again. */
  readonly do: (s: StepScope<C, I, O>) => Promise<R>
  /** Takes back whatever may have happened; runs whenever `do` may have begun. */
  readonly undo?: ((s: StepScope<C, I, O>) => Promise<void>) | undefined
  /** Skips the step when false. Pure: input and earlier outputs decide. */
  readonly when?: ((s: Scope<C, I, O>) => boolean) | undefined
  readonly retry?: Retry | undefined
  readonly undoRetry?: Retry | undefined
  readonly deadlineMs?: number | undefined
  readonly uncancellable?: boolean | undefined
  readonly retired?: boolean | undefined
}

/** A step inside the database: its writes and its `done` commit in one transaction. */
// biome-ignore lint/suspicious/noExplicitAny: the engine runs steps of every type
export type TransactStep<C = any, I = any, O = any, R = any> = {
  readonly kind: 'transact'
  readonly name: string
  readonly do: (tx: AnyTransaction, s: Scope<C, I, O>) => Promise<R>
  readonly undo?: ((tx: AnyTransaction, s: Scope<C, I, O>) => Promise<void>) | undefined
  readonly when?: ((s: Scope<C, I, O>) => boolean) | undefined
  readonly retry?: Retry | undefined
  readonly undoRetry?: Retry | undefined
  readonly deadlineMs?: number | undefined
  readonly retired?: boolean | undefined
}
export type Step = EffectStep | TransactStep

/** How a run ended. */
export type RunOutcome = { readonly status: 'succeeded' } | { readonly status: 'failed'; readonly failure: RunFailure }

/** A workflow as data: what the engine runs, dry runs list and docs draw. */
// biome-ignore lint/suspicious/noExplicitAny: the engine runs workflows of every type
export type Workflow<C = any, I = any, DB = any, O = any> = {
  readonly name: string
  readonly steps: readonly Step[]
  readonly onSucceeded?: ((tx: Transaction<DB>, s: Scope<C, I, O>) => Promise<void>) | undefined
  readonly onFailed?:
    | ((tx: Transaction<DB>, s: Scope<C, I, Partial<O>>, failure: RunFailure) => Promise<void>)
    | undefined
  readonly onEnded?:
    | ((tx: Transaction<DB>, s: Scope<C, I, Partial<O>>, outcome: RunOutcome) => Promise<void>)
    | undefined
}

type Named<N extends string, R> = { readonly [K in N]: R }
type StepOptions = {
  readonly retry?: Retry
  /** Default: 8 attempts from 1 s to 60 s, then the run is stuck. */
  readonly undoRetry?: Retry
  /** From the step's first attempt, ms: then its signal is aborted, it fails, and `onLate` is told. */
  readonly deadlineMs?: number
}
type EffectBody<C, I, O, N extends string, R> = StepOptions & {
  readonly do: (s: StepScope<C, I, O>) => Promise<R>
  /** `out` of this very step may be missing: the crash may have come before its output was saved. */
  readonly undo?: (s: StepScope<C, I, O & Partial<Named<N, R>>>) => Promise<void>
  /** From this step's start on a request to cancel the run is ignored: the point of no return. */
  readonly uncancellable?: boolean
}
type TransactBody<C, I, O, DB, N extends string, R> = StepOptions & {
  /** May run more than once, but only one run of it is ever committed. Awaits nothing but queries of `tx`. */
  readonly do: (tx: Transaction<DB>, s: Scope<C, I, O>) => Promise<R>
  /** Runs only if `do` was committed; commits together with `undone`. */
  readonly undo?: (tx: Transaction<DB>, s: Scope<C, I, O & Named<N, R>>) => Promise<void>
}
type When<C, I, O> = { readonly when: (s: Scope<C, I, O>) => boolean }
type Always = { readonly when?: never }

/** Builds a workflow; each call returns a new builder, so that a stem can be shared. */
export type WorkflowBuilder<C, I extends Json, DB, O> = {
  /** A step outside the database. */
  step<const N extends string, R extends Output>(
    name: N,
    body: EffectBody<C, I, O, N, R> & Always,
  ): WorkflowBuilder<C, I, DB, O & Named<N, R>>
  step<const N extends string, R extends Output>(
    name: N,
    body: EffectBody<C, I, O, N, R> & When<C, I, O>,
  ): WorkflowBuilder<C, I, DB, O & Partial<Named<N, R>>>
  /** A step inside the database, exactly once. */
  transact<const N extends string, R extends Output>(
    name: N,
    body: TransactBody<C, I, O, DB, N, R> & Always,
  ): WorkflowBuilder<C, I, DB, O & Named<N, R>>
  transact<const N extends string, R extends Output>(
    name: N,
    body: TransactBody<C, I, O, DB, N, R> & When<C, I, O>,
  ): WorkflowBuilder<C, I, DB, O & Partial<Named<N, R>>>
  /** A step that today's code no longer takes, kept so that stored runs which took it can still undo it. */
  retired(
    name: string,
    body: { readonly undo: (s: StepScope<C, I, Partial<O>>) => Promise<void> },
  ): WorkflowBuilder<C, I, DB, O>
  /** Runs in the transaction that ends a run well: complete the job, move the state, write the event here. */
  onSucceeded(body: (tx: Transaction<DB>, s: Scope<C, I, O>) => Promise<void>): WorkflowBuilder<C, I, DB, O>
  /** Runs in the transaction that ends a run after its undos. `failure.kind` 'preempted': no undo has run. */
  onFailed(
    body: (tx: Transaction<DB>, s: Scope<C, I, Partial<O>>, failure: RunFailure) => Promise<void>,
  ): WorkflowBuilder<C, I, DB, O>
  /** Runs in the ending transaction either way, before `onSucceeded` or `onFailed`. */
  finally(
    body: (tx: Transaction<DB>, s: Scope<C, I, Partial<O>>, outcome: RunOutcome) => Promise<void>,
  ): WorkflowBuilder<C, I, DB, O>
  /** The finished workflow. Throws for a duplicate or malformed step name. */
  build(): Workflow<C, I, DB, O>
}

/**
 * Begins a workflow named like `vm.start`. `C` is the context that the engine hands to its steps, `I` the saved input
 * (JSON, never a secret), `DB` the tables that its transactions may touch.
 */
export function defineWorkflow<C, I extends Json, DB = WorkflowTables>(
  name: string,
): WorkflowBuilder<C, I, DB, object> {
  if (!/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$/.test(name) || name.length > 64) {
    throw new Error(`workflow name ${name}: use lower case words joined by dots or dashes, at most 64 characters`)
  }
  return builder({ name, steps: [] }) as unknown as WorkflowBuilder<C, I, DB, object>
}

// biome-ignore lint/suspicious/noExplicitAny: types live in WorkflowBuilder, the object is built once
function builder(made: Workflow): WorkflowBuilder<any, any, any, any> {
  const withStep = (step: Step): ReturnType<typeof builder> => {
    if (!/^[a-z][a-z0-9-]*$/.test(step.name) || step.name.length > 64) {
      throw new Error(`${made.name}: step name ${step.name}: use lower case words and dashes, at most 64 characters`)
    }
    if (made.steps.some((other) => other.name === step.name)) {
      throw new Error(`${made.name}: two steps are called ${step.name}; steps are stored by name`)
    }
    return builder({ ...made, steps: [...made.steps, Object.freeze(step)] })
  }
  return {
    step: (name: string, body: object) => withStep({ ...body, kind: 'effect', name } as EffectStep),
    transact: (name: string, body: object) => withStep({ ...body, kind: 'transact', name } as TransactStep),
    retired: (name: string, body: object) =>
      withStep({ ...body, kind: 'effect', name, retired: true, do: async () => undefined } as EffectStep),
    onSucceeded: (onSucceeded) => builder({ ...made, onSucceeded }),
    onFailed: (onFailed) => builder({ ...made, onFailed }),
    finally: (onEnded) => builder({ ...made, onEnded }),
    build: () => Object.freeze(made),
  }
}
