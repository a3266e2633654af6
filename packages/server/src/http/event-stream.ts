import { firstValue } from '@altostack/api'
import { AltoError, apiFailure } from '@altostack/core'
import type { FastifyInstance } from 'fastify'
import { mayActForAccount } from '../auth/access-rules.ts'
import { loadCaller } from '../auth/load-caller.ts'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import type { ServerContext } from '../context.ts'
import { changesAfter, type FeedRow, feedBounds } from '../event/feed.ts'
import { clientAddress } from './client-address.ts'
import { identify } from './identify.ts'
import { readPairs, sessionCookiesOf } from './read-request.ts'

const batch = 500
const heartbeatMs = 15_000
/** How long a stream goes on for a user that was disabled, deleted or given another role. */
const trustedMs = 5000

/**
 * GET /client/events?after=N: the change feed as server-sent events. The id of each is its sequence; a client that comes
 * back says which it saw last by Last-Event-ID. Rows are filtered when they are read, by what the caller may see then.
 */
export function registerEventStream(app: FastifyInstance, ctx: ServerContext, stopping: AbortSignal): void {
  app.get('/client/events', async (request, reply) => {
    const pairs = readPairs(request)
    let caller: Caller
    let after: number
    let leave = (): void => {}
    try {
      if (ctx.halted.cause !== undefined) throw ctx.halted.cause
      caller = await identify(ctx, {
        pairs,
        cookies: sessionCookiesOf(request),
        remoteAddress: await clientAddress(ctx, request),
        integration: false,
      })
      leave = await enter(ctx, caller)
      after = await startOf(ctx, header(request.headers['last-event-id']) ?? firstValue(pairs, 'after'))
    } catch (error) {
      leave()
      if (!(error instanceof AltoError)) throw error
      return reply
        .code(error.code === 'api.gone' ? 410 : error.api)
        .header('Content-Type', 'application/json;charset=UTF-8')
        .send(JSON.stringify({ errorresponse: { errorcode: error.api, errortext: `${error.message}. ${error.fix}` } }))
    }
    reply.hijack()
    const { raw } = reply
    raw.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    })
    const gone = new AbortController()
    raw.once('close', () => gone.abort())
    const ended = AbortSignal.any([gone.signal, stopping])
    let visible = visibility(ctx, caller)
    let seenAt = ctx.runtime.monotonic()
    raw.write(`retry: 2000\nid: ${after}\n: following\n\n`)
    const moved = new Set<string>()
    let runsMoved = (): void => undefined
    const unfollow = ctx.feed.followRuns((runIds) => {
      for (const runId of runIds) moved.add(runId)
      runsMoved()
    })
    try {
      while (!ended.aborted && ctx.halted.cause === undefined) {
        if (ctx.runtime.monotonic() - seenAt >= trustedMs) {
          const now = await currentCaller(ctx, caller)
          if (now === undefined) break
          caller = now
          visible = visibility(ctx, caller)
          seenAt = ctx.runtime.monotonic()
        }
        const turn = new AbortController()
        runsMoved = () => turn.abort()
        const next = ctx.feed.next(heartbeatMs, AbortSignal.any([ended, turn.signal]))
        const rows = await changesAfter(ctx.read, after, batch, ctx.runtime.now())
        let text = ''
        for (const row of rows) {
          after = row.id
          if (await visible(row))
            text += `id: ${row.id}\nevent: change\ndata: ${JSON.stringify(changeView(row, caller))}\n\n`
        }
        if (moved.size > 0) {
          const runIds = [...moved]
          moved.clear()
          text += await progressOf(ctx, runIds, visible)
        }
        if (text !== '' && !raw.write(text)) await drained(raw, ended)
        if (rows.length === batch || moved.size > 0) continue
        await next
        if (!ended.aborted && text === '') raw.write(`: ${after}\n\n`)
      }
    } catch (error) {
      ctx.log.warn({ err: error }, 'an event stream broke')
    } finally {
      leave()
    }
    unfollow()
    raw.end()
    return reply
  })
}

/** Streams of each account that are open now, on all listeners of the server. */
const open = new WeakMap<ServerContext, Map<number, number>>()

/** Counts a stream of the caller's account until the answer is called. Throws 429 when it has too many. */
async function enter(ctx: ServerContext, { accountId }: Caller): Promise<() => void> {
  const max = await ctx.config.number('alto.event.streams.max')
  const counts = open.get(ctx) ?? new Map<number, number>()
  open.set(ctx, counts)
  const now = counts.get(accountId) ?? 0
  if (now >= max) {
    throw apiFailure('api.rate', `The account holds ${now} event streams open already`, {
      fix: 'Close some of them; the limit is the setting alto.event.streams.max.',
    })
  }
  counts.set(accountId, now + 1)
  return () => {
    const left = (counts.get(accountId) ?? 1) - 1
    if (left > 0) counts.set(accountId, left)
    else counts.delete(accountId)
  }
}

/** The caller as of now; undefined once it may no longer call. */
async function currentCaller(ctx: ServerContext, caller: Caller): Promise<Caller | undefined> {
  const row = await loadCaller(ctx.read, { userId: caller.userId })
  if (!row?.enabled || (caller.via === 'signature' && !row.keysAccepted)) return undefined
  const { enabled: _, secretKey: __, keysAccepted: ___, ...now } = row
  return { ...now, via: caller.via, remoteAddress: caller.remoteAddress }
}

function header(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}

/** The sequence to follow from: the one given, or the newest. Throws for one that is older than what is kept. */
async function startOf(ctx: ServerContext, text: string | undefined): Promise<number> {
  const { first, last } = await feedBounds(ctx.read)
  if (text === undefined || text === '') return last
  const after = Number(text)
  if (!/^\d{1,15}$/.test(text)) throw apiFailure('api.parameter', `after=${text.slice(0, 20)} is not a sequence number`)
  if (first > 1 && after < first - 1) {
    throw new AltoError(
      'api.gone',
      {
        api: 410,
        cause: 'The events after this sequence are no longer kept.',
        fix: 'Read the objects again, then follow without after.',
      },
      `Events up to ${first - 1} are no longer kept`,
    )
  }
  return after
}

type Sees = (row: Pick<FeedRow, 'account_id' | 'domain_id'>) => Promise<boolean>

function visibility(ctx: ServerContext, caller: Caller): Sees {
  if (isRootAdmin(caller)) return async () => true
  const paths = new Map<number, string>()
  return async ({ account_id: accountId, domain_id: domainId }) => {
    if (accountId === null || domainId === null) return false
    if (accountId === caller.accountId) return true
    let path = paths.get(domainId)
    if (path === undefined) {
      const row = await ctx.read.selectFrom('domain').select('path').where('id', '=', domainId).executeTakeFirst()
      path = row?.path ?? ''
      paths.set(domainId, path)
    }
    return path !== '' && mayActForAccount(caller, { accountId, domainPath: path })
  }
}

/** What stands in an event; evidence may name hosts and is for root administrators. */
function changeView(row: FeedRow, caller: Caller): object {
  return {
    time: new Date(row.at).toISOString(),
    resourcetype: row.entity,
    resourceid: row.entity_uuid,
    from: row.from_state,
    to: row.to_state,
    cause: row.cause,
    ...(isRootAdmin(caller) && row.evidence ? { evidence: JSON.parse(row.evidence) } : {}),
  }
}

/** The jobs of runs that went on, as far as the caller may see them; no sequence, since nothing of it is kept. */
async function progressOf(ctx: ServerContext, runIds: readonly string[], visible: Sees): Promise<string> {
  const jobs = await ctx.read
    .selectFrom('async_job')
    .select(['uuid', 'job_cmd', 'instance_type', 'instance_uuid', 'account_id', 'domain_id'])
    .where('run_id', 'in', runIds)
    .where('removed', 'is', null)
    .execute()
  let text = ''
  for (const job of jobs) {
    if (!(await visible(job))) continue
    const view = { jobid: job.uuid, cmd: job.job_cmd, resourcetype: job.instance_type, resourceid: job.instance_uuid }
    text += `event: progress\ndata: ${JSON.stringify(view)}\n\n`
  }
  return text
}

function drained(raw: NodeJS.WritableStream, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      raw.removeListener('drain', done)
      ended.removeEventListener('abort', done)
      resolve()
    }
    raw.once('drain', done)
    ended.addEventListener('abort', done, { once: true })
  })
}
