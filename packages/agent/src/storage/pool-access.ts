import { hostRefusal, type PoolRef } from '@altostack/agent-api'
import { agentFailure, type Runtime } from '@altostack/core'
import type { StateDatabase } from '../state-database.ts'
import { driverOf } from './drivers.ts'
import type { PoolSpace } from './pool-driver.ts'

export type { PoolSpace } from './pool-driver.ts'

/** Pools, reached so that a mount that hangs costs one child and one thread, never the agent. */
export type PoolAccess = {
  /** Space of the file system. Rejects with `pool.unreachable` or `pool.path`. */
  readonly space: (pool: PoolRef) => Promise<PoolSpace>
  /**
   * Runs file work on a pool that answers and bears its marker; rejects with `pool.unreachable` after the time allowed,
   * and with `pool.marker` where the storage is not mounted: nothing is written below the mount point or taken for gone.
   */
  readonly use: <T>(pool: PoolRef, work: () => Promise<T>, timeoutMs?: number) => Promise<T>
  /** The same without a look at the marker: for the work that makes it. */
  readonly claim: <T>(pool: PoolRef, work: () => Promise<T>) => Promise<T>
  readonly attached: () => PoolRef[]
  readonly remember: (pool: PoolRef) => void
  readonly forget: (uuid: string) => void
}

const fileWorkMs = 30_000
/** LVM's programs ask the disk again each time. */
const blockWorkMs = 120_000

export function openPools(database: StateDatabase, runtime: Runtime): PoolAccess {
  /** Paths with work that has not come back: nobody else is sent after it. */
  const hanging = new Set<string>()

  async function boxed<T>(pool: PoolRef, timeoutMs: number, what: string, work: () => Promise<T>): Promise<T> {
    if (hanging.has(pool.path)) throw unreachable(pool, 'earlier work on the path has not come back')
    const timer = new AbortController()
    const task = work()
    let over = false
    task.then(
      () => hanging.delete(pool.path),
      () => hanging.delete(pool.path),
    )
    const late = runtime.sleep(timeoutMs, timer.signal).then(() => {
      if (over) return undefined as never
      hanging.add(pool.path)
      throw unreachable(pool, `${what} did not come back within ${timeoutMs} ms`)
    })
    late.catch(() => {})
    try {
      return await Promise.race([task, late])
    } finally {
      over = true
      timer.abort(new Error('over'))
    }
  }

  async function space(pool: PoolRef): Promise<PoolSpace> {
    if (hanging.has(pool.path)) throw unreachable(pool, 'earlier work on the path has not come back')
    return await driverOf(pool).space(runtime, pool)
  }

  return {
    space,
    async use(pool, work, timeoutMs = driverOf(pool).kind === 'block' ? blockWorkMs : fileWorkMs) {
      await space(pool)
      return await boxed(pool, timeoutMs, 'file work', async () => {
        await driverOf(pool).verify(runtime, pool)
        return await work()
      })
    },
    async claim(pool, work) {
      await space(pool)
      return await boxed(pool, fileWorkMs, 'file work', work)
    },
    attached: () =>
      (database.prepare('SELECT pool FROM pool ORDER BY uuid').all() as { pool: string }[]).map(
        (row) => JSON.parse(row.pool) as PoolRef,
      ),
    remember: (pool) =>
      void database
        .prepare('INSERT INTO pool (uuid, pool) VALUES (?, ?) ON CONFLICT (uuid) DO UPDATE SET pool = excluded.pool')
        .run(pool.uuid, JSON.stringify(pool)),
    forget: (uuid) => void database.prepare('DELETE FROM pool WHERE uuid = ?').run(uuid),
  }
}

function unreachable(pool: PoolRef, seen: string): Error {
  return hostRefusal(agentFailure('pool.unreachable', `The pool at ${pool.path} does not answer`, { seen }))
}
