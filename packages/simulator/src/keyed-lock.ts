/** Runs work one at a time for each key, in the order of the calls. */
export type KeyedLock = <T>(key: string, work: () => T | Promise<T>) => Promise<T>

export function keyedLock(): KeyedLock {
  const tails = new Map<string, Promise<unknown>>()
  return async (key, work) => {
    const before = tails.get(key) ?? Promise.resolve()
    const mine = before.then(work, work)
    tails.set(key, mine)
    try {
      return await mine
    } finally {
      if (tails.get(key) === mine) tails.delete(key)
    }
  }
}
