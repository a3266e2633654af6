import { AsyncLocalStorage } from 'node:async_hooks'
import { Bug, type Runtime } from '@altostack/core'
import type { Db, Tx } from './database.ts'
import { isConflict, LostRace } from './errors.ts'

type Open = { readonly tasks: (() => void)[]; ended: boolean }
const open = new AsyncLocalStorage<Open>()

/** Throws Bug inside a transaction: a query on the root handle there would wait for itself, or miss its own writes. */
export function refuseRootHandle(): void {
  const store = open.getStore()
  if (store && !store.ended) throw new Bug('the root database handle was used inside a transaction')
}

/** Runs `task` right after the transaction around it commits; never when it is rolled back; at once when there is none. */
export function afterCommit(task: () => void): void {
  const store = open.getStore()
  if (store && !store.ended) store.tasks.push(task)
  else task()
}

/** What was committed stays committed: a task that throws is a defect to report, not a failure of the transaction. */
function runAfterCommit(task: () => void): void {
  try {
    task()
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : new Error(String(error)))
  }
}

/** With the pauses between them about a second: a dozen callers may want one row of MariaDB on a busy machine. */
const maxAttempts = 16

/**
 * Runs `body` in one transaction. A lost compare-and-set, a deadlock or a Galera certification failure rolls it back and
 * runs it again, up to 16 times: nothing but queries of `tx` may have an effect inside.
 */
export async function transact<R>(
  ctx: { readonly db: Db; readonly runtime: Runtime },
  body: (tx: Tx) => Promise<R>,
): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    const store: Open = { tasks: [], ended: false }
    try {
      const result = await ctx.db.transaction().execute((tx) => open.run(store, () => body(tx)))
      store.ended = true
      for (const task of store.tasks) runAfterCommit(task)
      return result
    } catch (error) {
      store.ended = true
      if (!(error instanceof LostRace || isConflict(error)) || attempt === maxAttempts) throw error
      await ctx.runtime.sleep(ctx.runtime.random() * 10 * attempt)
    }
  }
}

class RolledBack extends Error {
  override readonly name = 'RolledBack'
}

/** Runs `body` in a transaction that is always rolled back, and answers what it found; nothing after-commit runs. */
export async function rehearse<R>(
  ctx: { readonly db: Db; readonly runtime: Runtime },
  body: (tx: Tx) => Promise<R>,
): Promise<R> {
  let found: { readonly result: R } | undefined
  const undo = new RolledBack()
  try {
    await transact(ctx, async (tx) => {
      found = { result: await body(tx) }
      throw undo
    })
  } catch (error) {
    if (error !== undo || !found) throw error
  }
  return (found as { readonly result: R }).result
}
