/** Thrown by a step: not now, try again. The step stays started and runs again with the same key. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater'
  /** Pause, ms; undefined: the step's own back-off. `engine.wake` cuts it short. */
  readonly afterMs: number | undefined
  constructor(afterMs: number | undefined, reason: string) {
    super(reason)
    this.afterMs = afterMs
  }
}

/** The run belongs to another incarnation or epoch now: whoever sees this stops and saves nothing. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** The reason of a step's aborted signal when the engine stops; the step runs again on the next start. */
export class EngineStopping extends Error {
  override readonly name = 'EngineStopping'
}

/** Thrown by `engine.start`: a live run holds the key. */
export class LockBusy extends Error {
  override readonly name = 'LockBusy'
  readonly lockKey: string
  readonly runId: string
  constructor(lockKey: string, runId: string) {
    super(`run ${runId} holds ${lockKey}`)
    this.lockKey = lockKey
    this.runId = runId
  }
}

/** Stands for kill -9 in tests: nothing after it is saved. */
export class CrashForTest extends Error {
  override readonly name = 'CrashForTest'
}
