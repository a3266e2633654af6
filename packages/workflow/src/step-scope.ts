import type { Json, JsonObject } from '@altostack/core'

/** What every body of a workflow is handed. `C` is the engine's context, `I` the input, `O` the outputs by step name. */
export type Scope<C, I, O> = {
  readonly ctx: C
  /** The run's input, as saved. */
  readonly input: I
  /** Outputs of earlier steps, as saved; a skipped step has none. */
  readonly out: O
  readonly runId: string
  /** Rises with each lease of the run; whoever acts for the run refuses calls of a lower one. */
  readonly epoch: number
}

/** What a step outside the database is handed. */
export type StepScope<C, I, O> = Scope<C, I, O> & {
  /** `<run>/<step>`: the same at every attempt and after every restart; the idempotency key of the effect. */
  readonly key: string
  /** 1 for the first attempt, 2 for the next; counts on across restarts. */
  readonly attempt: number
  /** Aborted when the lease is lost, the engine stops or the step's deadline has passed. */
  readonly signal: AbortSignal
  /** Whether somebody has asked to cancel the run; a long step looks at it and ends its own work. */
  readonly cancelled: () => boolean
  /** Saves progress for whoever watches the run: one commit a call, so the caller throttles. */
  readonly progress: (progress: JsonObject) => Promise<void>
}

/** How a step's failure is repeated before it counts. */
export type Retry = {
  /** Attempts in all, the first included. Default: no limit but the deadline. */
  readonly attempts?: number
  /** Pause before the second attempt, ms. Default 500. */
  readonly firstMs?: number
  /** Each pause is this many times the one before. Default 2. */
  readonly factor?: number
  /** Longest pause, ms. Default 30,000. */
  readonly maxMs?: number
  /** Which failures are worth repeating; a Bug never is. Default: every AltoError. */
  readonly when?: (error: unknown) => boolean
}

/** A failure as it is saved with its run, so that a job can be answered by a server that never saw the error itself. */
export type RunFailure = {
  readonly kind: 'fail' | 'bug' | 'cancelled' | 'preempted'
  /** Code of the error catalogue. */
  readonly code: string
  /** For the caller. */
  readonly message: string
  /** CloudStack's number at the API's edge. */
  readonly api: number
  readonly fix: string
  /** The step that failed; absent when it was none. */
  readonly step?: string
  readonly seen?: string
  readonly entities?: readonly { readonly uuid: string; readonly description: string }[]
  readonly evidence?: JsonObject
  /** For a stuck run: what its undo, or its ending, last failed with. */
  readonly stuck?: { readonly step?: string; readonly message: string }
}

/** A step's output: any JSON, or nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: a body that returns nothing has the type void
export type Output = Json | void
