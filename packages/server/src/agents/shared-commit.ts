import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { transact } from '../db/transaction.ts'

export type SharedCommit = <R>(body: (tx: Tx) => Promise<R>) => Promise<R>

type Waiting = {
  readonly body: (tx: Tx) => Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** More in one transaction would hold the writer for too long. */
const maxBodies = 64
/** From one shared commit to the next. */
const gatherMs = 25

/**
 * Runs small transactions of many hosts together: what comes while a commit is under way shares the next one, so that
 * thousands of agents that come back at once cost a few hundred commits. Alone, a body waits for nobody. When one of a
 * group fails, each is run by itself: bodies must hold nothing but queries, as in `transact`.
 */
export function createSharedCommit(ctx: ServerContext): SharedCommit {
  const queue: Waiting[] = []
  let working = false

  async function work(): Promise<void> {
    working = true
    // What comes in the same turn of the loop belongs together.
    await ctx.runtime.sleep(0)
    while (queue.length > 0) {
      const group = queue.splice(0, maxBodies)
      await commit(group)
      // Hosts come in a storm: the thread waits for the disk less often, they wait a little longer.
      if (group.length > 1 && queue.length < maxBodies) await ctx.runtime.sleep(gatherMs)
    }
    working = false
  }

  async function commit(group: readonly Waiting[]): Promise<void> {
    if (group.length > 1) {
      try {
        const results = await transact(ctx, async (tx) => {
          const all: unknown[] = []
          for (const one of group) all.push(await one.body(tx))
          return all
        })
        for (const [at, one] of group.entries()) one.resolve(results[at])
        return
      } catch {
        // One of them has a reason of its own; it shall hear it, and the others shall not.
      }
    }
    for (const one of group) await transact(ctx, one.body).then(one.resolve, one.reject)
  }

  return <R>(body: (tx: Tx) => Promise<R>) =>
    new Promise<R>((resolve, reject) => {
      queue.push({ body, resolve: resolve as (value: unknown) => void, reject })
      if (!working) void work()
    })
}
