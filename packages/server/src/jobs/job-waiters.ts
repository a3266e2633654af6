import type { Runtime } from '@altostack/core'

/** Wakes those who wait for the end of a job. */
export type JobWaiters = {
  /** The job's end was committed here. */
  readonly ended: (jobUuid: string) => void
  /** Resolves when the job may have ended: at its end here, after `timeoutMs`, or when another server may have ended it. */
  readonly next: (jobUuid: string, timeoutMs: number, signal?: AbortSignal) => Promise<void>
}

/** `pollMs` is set where another server may take over and end a job. */
export function createJobWaiters(runtime: Runtime, pollMs: number | undefined): JobWaiters {
  const waiting = new Map<string, Set<() => void>>()
  return {
    ended: (jobUuid) => {
      for (const wake of waiting.get(jobUuid) ?? []) wake()
    },
    next: (jobUuid, timeoutMs, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          cancel()
          const others = waiting.get(jobUuid)
          others?.delete(done)
          if (others?.size === 0) waiting.delete(jobUuid)
          signal?.removeEventListener('abort', done)
          resolve()
        }
        const cancel = runtime.after(Math.min(timeoutMs, pollMs ?? timeoutMs), done)
        const others = waiting.get(jobUuid) ?? new Set()
        waiting.set(jobUuid, others.add(done))
        if (signal?.aborted) done()
        else signal?.addEventListener('abort', done, { once: true })
      }),
  }
}
