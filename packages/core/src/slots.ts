/** So many at a time; who comes later waits, first come first served. */
export type Slots = {
  /** Resolves with what gives the slot back. Rejects with the signal's reason when aborted while it waits. */
  readonly take: (signal?: AbortSignal) => Promise<() => void>
  readonly busy: () => number
  readonly waiting: () => number
}

/** `limit` is asked each time, so that it may change; less than 1 counts as 1. */
export function createSlots(limit: () => number): Slots {
  let busy = 0
  const queue: (() => void)[] = []

  function next(): void {
    while (queue.length > 0 && busy < Math.max(1, limit())) queue.shift()?.()
  }

  function occupy(): () => void {
    busy++
    let given = false
    return () => {
      if (given) return
      given = true
      busy--
      next()
    }
  }

  return {
    take(signal) {
      if (signal?.aborted) return Promise.reject(signal.reason)
      if (queue.length === 0 && busy < Math.max(1, limit())) return Promise.resolve(occupy())
      return new Promise((resolve, reject) => {
        const enter = (): void => {
          signal?.removeEventListener('abort', leave)
          resolve(occupy())
        }
        const leave = (): void => {
          queue.splice(queue.indexOf(enter), 1)
          reject(signal?.reason)
        }
        signal?.addEventListener('abort', leave, { once: true })
        queue.push(enter)
      })
    },
    busy: () => busy,
    waiting: () => queue.length,
  }
}
