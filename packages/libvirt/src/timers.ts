/** Time and chance as the client uses them. The default is Node's own; tests and simulations give others. */
export interface Timers {
  /** Monotonic milliseconds. */
  now(): number
  /** A number in [0, 1), for the jitter of reconnects. */
  random(): number
  after(ms: number, run: () => void): TimerHandle
}

export interface TimerHandle {
  cancel(): void
}

export const nodeTimers: Timers = {
  now: () => performance.now(),
  random: () => Math.random(),
  after(ms, run) {
    const handle = setTimeout(run, ms)
    return { cancel: () => clearTimeout(handle) }
  },
}
