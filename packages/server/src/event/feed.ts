import type { JsonObject } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { isMysql } from '../db/clock.ts'
import type { Queries, Row, Tx } from '../db/database.ts'

export type Change = {
  /** Entity name of the contract, e.g. `Host`. */
  readonly entity: string
  readonly entityId: number
  readonly entityUuid: string
  readonly from: string | null
  readonly to: string | null
  /** Event of the state table that moved it. */
  readonly event?: string
  readonly cause: string
  readonly evidence?: JsonObject
  /** The owner, where the entity has one: who besides root administrators may read it. */
  readonly accountId?: number | null
  readonly domainId?: number | null
}
export type FeedRow = Row<'change_feed'>

/** Writes the flight recorder in the caller's transaction; followers are told after the commit. */
export async function recordChange(tx: Tx, ctx: ServerContext, change: Change): Promise<void> {
  await tx
    .insertInto('change_feed')
    .values({
      at: ctx.runtime.now(),
      entity: change.entity,
      entity_id: change.entityId,
      entity_uuid: change.entityUuid,
      from_state: change.from,
      to_state: change.to,
      event: change.event ?? null,
      cause: change.cause.slice(0, 100),
      evidence: change.evidence ? JSON.stringify(change.evidence) : null,
      account_id: change.accountId ?? null,
      domain_id: change.domainId ?? null,
      server_incarnation: ctx.incarnation,
    })
    .execute()
  ctx.afterCommit(() => ctx.feed.wake())
}

/** How long a missing sequence may be a transaction that is still open, ms. */
const settleMs = 2000

/**
 * Rows after `sequence`, oldest first. Where several transactions commit at the same time (MySQL), a row may become visible
 * after one with a higher sequence: rows behind a young gap are held back until the gap is filled or old.
 */
export async function changesAfter(
  db: Queries,
  sequence: number,
  limit: number,
  now: number,
): Promise<readonly FeedRow[]> {
  const rows = await db
    .selectFrom('change_feed')
    .selectAll()
    .where('id', '>', sequence)
    .orderBy('id')
    .limit(limit)
    .execute()
  if (!isMysql(db)) return rows
  const gap = rows.findIndex(
    (row, index) => row.id !== (rows[index - 1]?.id ?? sequence) + 1 && now - row.at < settleMs,
  )
  return gap === -1 ? rows : rows.slice(0, gap)
}

/** First and last sequence that are kept; zeros when there is none. */
export async function feedBounds(db: Queries): Promise<{ readonly first: number; readonly last: number }> {
  const row = await db
    .selectFrom('change_feed')
    .select((e) => [e.fn.min('id').as('first'), e.fn.max('id').as('last')])
    .executeTakeFirst()
  return { first: Number(row?.first ?? 0), last: Number(row?.last ?? 0) }
}

/** Tells followers that rows were committed. They read the rows themselves: filtered per caller when read. */
export type Feed = {
  /** Rows were committed here, or may have been elsewhere. */
  readonly wake: () => void
  /** Resolves at the next wake, after `timeoutMs` at the latest, or when the signal aborts. */
  readonly next: (timeoutMs: number, signal?: AbortSignal) => Promise<void>
  /** A run goes on, of this server or of another: its followers are told soon, of many runs at once. */
  readonly runMoved: (runId: string) => void
  /** Calls back with runs that went on, until the returned function is called. */
  readonly followRuns: (listener: (runIds: ReadonlySet<string>) => void) => () => void
}

/** Runs that other servers drive now, each with the number of its commits. */
export type RunsElsewhere = ReadonlyMap<string, number>

/** Reads them: few, since a server drives few at a time. */
export async function readRunsElsewhere(db: Queries, incarnation: string): Promise<RunsElsewhere> {
  const rows = await db
    .selectFrom('workflow_run')
    .select(['id', 'saves'])
    .where('status', 'in', ['running', 'unwinding'])
    .where('owner', '!=', incarnation)
    .limit(1000)
    .execute()
  return new Map(rows.map(({ id, saves }) => [id, Number(saves)]))
}

/** Runs that go on within so long are told together, ms. */
const gatherMs = 200

/**
 * In one server a commit wakes its followers. `pollMs` is set where other servers write to the same database: then
 * followers look again after it, and at the runs that those servers drive, and only while there are any.
 */
export function createFeed(
  runtime: ServerContext['runtime'],
  pollMs: number | undefined,
  runsElsewhere: () => Promise<RunsElsewhere> = async () => new Map(),
): Feed {
  let waiting = new Set<() => void>()
  const followers = new Set<(runIds: ReadonlySet<string>) => void>()
  let moved: Set<string> | undefined
  const runMoved = (runId: string): void => {
    if (followers.size === 0) return
    if (moved !== undefined) return void moved.add(runId)
    moved = new Set([runId])
    runtime.after(gatherMs, () => {
      const told = moved ?? new Set()
      moved = undefined
      for (const follower of followers) follower(told)
    })
  }
  let looking = false
  /** Looks again and again while there are followers; a look that fails is made up for by the next. */
  async function lookElsewhere(everyMs: number): Promise<void> {
    let known: RunsElsewhere = new Map()
    while (followers.size > 0) {
      const now = await runsElsewhere().catch(() => known)
      for (const [runId, saves] of now) if (known.get(runId) !== saves) runMoved(runId)
      known = now
      await new Promise<void>((resolve) => void runtime.after(everyMs, resolve))
    }
    looking = false
  }
  return {
    runMoved,
    followRuns: (listener) => {
      followers.add(listener)
      if (pollMs !== undefined && !looking) {
        looking = true
        void lookElsewhere(pollMs)
      }
      return () => followers.delete(listener)
    },
    wake: () => {
      const woken = waiting
      waiting = new Set()
      for (const task of woken) task()
    },
    next: (timeoutMs, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          cancel()
          waiting.delete(done)
          signal?.removeEventListener('abort', done)
          resolve()
        }
        const cancel = runtime.after(Math.min(timeoutMs, pollMs ?? timeoutMs), done)
        waiting.add(done)
        if (signal?.aborted) done()
        else signal?.addEventListener('abort', done, { once: true })
      }),
  }
}
