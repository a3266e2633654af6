import type { Runtime } from '@altostack/core'

export type MortalRuntime = Runtime & {
  /** From now on no timer of it fires and no sleep ends, as in a process that was killed. */
  readonly kill: () => void
}

/** One process's view of the simulation's runtime. */
export function mortalRuntime(inner: Runtime): MortalRuntime {
  let dead = false
  return {
    ...inner,
    after: (ms, task) =>
      inner.after(ms, () => {
        if (!dead) task()
      }),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        inner.sleep(ms, signal).then(
          () => dead || resolve(),
          (error) => dead || reject(error),
        )
      }),
    kill: () => {
      dead = true
    },
  }
}
