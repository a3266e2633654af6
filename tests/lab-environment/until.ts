import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again until the answer is neither undefined nor false, and gives it. Throws with `what` after `timeoutMs`. */
export async function until<T>(
  what: string,
  timeoutMs: number,
  ask: () => T | Promise<T>,
  everyMs = 100,
): Promise<Exclude<T, undefined | false>> {
  const ends = performance.now() + timeoutMs
  let last: unknown
  for (;;) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>
      last = answer
    } catch (error) {
      last = error
    }
    if (performance.now() > ends) {
      throw new Error(`${what}: not within ${timeoutMs / 1000} s`, last instanceof Error ? { cause: last } : {})
    }
    await sleep(everyMs)
  }
}
