import { hostRefusal, type PoolRef, type Result } from '@altostack/agent-api'
import { agentFailure, errorText, type Runtime } from '@altostack/core'

/**
 * What hosts share without a lock of its own, a volume group's metadata above all, is changed by one host at a time: the
 * management server lends the pool to it. A host that dies gives back nothing; its lease ends by itself.
 */
export type PoolLeases = {
  /** Runs work while this host has the pool. Rejects with `pool.lease` where it cannot be had in time. */
  readonly hold: <T>(pool: PoolRef, work: (lease: Lease) => Promise<T>) => Promise<T>
}
/** In the hands of the work. */
export type Lease = {
  /** Before each change: it will be over while the lease still holds. Rejects with `pool.lease` where that is not sure. */
  readonly require: () => Promise<void>
}

export type AskLease = (params: {
  readonly poolUuid: string
  readonly act: 'take' | 'give'
  readonly term: string
}) => Promise<Result<'pool.lease'>>

export type LeaseOptions = {
  readonly runtime: Runtime
  readonly ask: AskLease
  /** Longest that one change may take after `require`, ms. */
  readonly changeMs: number
  /** Longest wait for another host, or for a management server, ms. */
  readonly waitMs?: number
}

/** Beyond `changeMs`: for what cannot be measured. */
const marginMs = 3000
const pollMs = 200

type Holding = {
  readonly term: string
  users: number
  /** Monotonic, ms. */
  until: number
  renewing: Promise<void> | undefined
}

export function openPoolLeases({ runtime, ask, changeMs, waitMs = 90_000 }: LeaseOptions): PoolLeases {
  /** Work of this host side by side shares one holding: LVM's own locks keep it apart. */
  const holdings = new Map<string, Holding>()
  const taking = new Map<string, Promise<Holding>>()

  /** Asks once; answers who has it instead. */
  async function take(pool: PoolRef, holding: Holding): Promise<string | undefined> {
    // The answer is old by the time that it comes.
    const asked = runtime.monotonic()
    const { held, ttlMs, holder } = await ask({ poolUuid: pool.uuid, act: 'take', term: holding.term })
    if (!held) return holder ?? 'another host'
    holding.until = asked + ttlMs
    return undefined
  }

  async function acquire(pool: PoolRef): Promise<Holding> {
    const holding: Holding = { term: runtime.uuid(), users: 0, until: 0, renewing: undefined }
    const ends = runtime.monotonic() + waitMs
    for (;;) {
      let seen: string
      try {
        const holder = await take(pool, holding)
        if (holder === undefined) break
        seen = `${holder} has it`
      } catch (error) {
        seen = errorText(error)
      }
      if (runtime.monotonic() >= ends) throw refuse(pool, `It was not to be had within ${waitMs / 1000} s`, seen)
      await runtime.sleep(pollMs * (0.5 + runtime.random()))
    }
    holdings.set(pool.uuid, holding)
    return holding
  }

  async function holdingOf(pool: PoolRef): Promise<Holding> {
    const present = holdings.get(pool.uuid)
    if (present !== undefined) return present
    const before = taking.get(pool.uuid)
    if (before !== undefined) return await before
    const mine = acquire(pool).finally(() => taking.delete(pool.uuid))
    taking.set(pool.uuid, mine)
    return await mine
  }

  async function require(pool: PoolRef, holding: Holding): Promise<void> {
    const lasts = (): boolean => runtime.monotonic() + changeMs + marginMs <= holding.until
    for (let attempt = 1; !lasts(); attempt++) {
      let seen = 'it ended'
      holding.renewing ??= take(pool, holding)
        .then((holder) => {
          if (holder !== undefined) seen = `${holder} has it`
        })
        .finally(() => {
          holding.renewing = undefined
        })
      await holding.renewing.catch((error: unknown) => {
        seen = errorText(error)
      })
      if (lasts()) return
      if (attempt === 3) throw refuse(pool, 'It was lost in the middle', seen)
      await runtime.sleep(pollMs)
    }
  }

  return {
    async hold(pool, work) {
      let holding = await holdingOf(pool)
      // The last user may have given it back in between.
      while (holdings.get(pool.uuid) !== holding) holding = await holdingOf(pool)
      holding.users++
      try {
        return await work({ require: () => require(pool, holding) })
      } finally {
        holding.users--
        if (holding.users === 0 && holdings.get(pool.uuid) === holding) {
          holdings.delete(pool.uuid)
          // It ends by itself where nobody hears this.
          void ask({ poolUuid: pool.uuid, act: 'give', term: holding.term }).catch(() => {})
        }
      }
    },
  }
}

function refuse(pool: PoolRef, what: string, seen: string): Error {
  return hostRefusal(
    agentFailure('pool.lease', `The pool ${pool.uuid} was not lent to this host to change it: ${what}`, { seen }),
  )
}
