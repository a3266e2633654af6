/**
 * The only door to time, timers, randomness and ids. Product code receives a `Runtime`; a repository lint forbids
 * `Date.now`, `setTimeout`, `Math.random` and friends elsewhere, so that the shipping code runs in a seeded simulation.
 */
export type Runtime = {
  /** Wall clock, milliseconds since the epoch. */
  readonly now: () => number
  /** Monotonic clock in milliseconds; only differences mean something. */
  readonly monotonic: () => number
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Calls `task` once after `ms`; the returned function cancels it. Never keeps the process alive by itself. */
  readonly after: (ms: number, task: () => void) => () => void
  /** `size` bytes; cryptographically strong outside simulations. */
  readonly randomBytes: (size: number) => Uint8Array
  /** A random version 4 UUID, lower case. */
  readonly uuid: () => string
  /** Uniform in [0, 1). */
  readonly random: () => number
}

/** The real clock and the platform's cryptographic randomness. */
export function systemRuntime(): Runtime {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (ms, signal) => sleep(ms, signal),
    after: (ms, task) => {
      const timer = setTimeout(task, ms)
      if (typeof timer === 'object') (timer as { unref?: () => void }).unref?.()
      return () => clearTimeout(timer)
    },
    randomBytes: (size) => crypto.getRandomValues(new Uint8Array(size)),
    uuid: () => crypto.randomUUID(),
    random: () => Math.random(),
  }
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const abort = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', abort, { once: true })
  })
}
