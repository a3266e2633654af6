import { type HostMethodName, methods, type Params, type Result } from '@altostack/agent-api'
import { AltoError, type JsonObject, volumeFailure } from '@altostack/core'
import { RetryLater } from '@altostack/workflow'
import type { ServerContext } from '../context.ts'
import type { Queries, Row } from '../db/database.ts'
import { stepTokens } from '../storage/index.ts'
import { failureError, hostFailure, isLinkTrouble, type StepTokens, vmToken } from '../vm/host-calls.ts'

/**
 * The one host that a run acts through, saved before it acts. A host that loses its link may still be at work, and its
 * late end must not overwrite what another made: so the run waits for it and never turns to another, unless it was fenced.
 */
export type Site = { readonly hostId: number; readonly incarnation: number; readonly vm: VmSite | null }
/** The running guest that has the volume there. */
export type VmSite = { readonly instanceName: string; readonly uuid: string; readonly generation: number }
type S = StepTokens & { readonly signal: AbortSignal }

/** Where a running guest is; else a connected host that has all the pools. Throws 534 when there is none. */
export async function chooseSite(
  db: Queries,
  ctx: ServerContext,
  vm: Row<'vm_instance'> | undefined,
  poolIds: readonly number[],
): Promise<Site> {
  if (vm?.state === 'Running' && vm.host_id !== null) {
    return { ...(await siteOf(db, vm.host_id)), vm: vmToken(vm, vm.generation) }
  }
  let query = db
    .selectFrom('host')
    .select(['id', 'incarnation'])
    .where('removed', 'is', null)
    .where('type', '=', 'Routing')
  for (const poolId of poolIds) {
    query = query.where((eb) =>
      eb(
        'host.id',
        'in',
        eb
          .selectFrom('storage_pool_host_ref')
          .select('storage_pool_host_ref.host_id')
          .where('storage_pool_host_ref.pool_id', '=', poolId),
      ),
    )
  }
  const hosts = (await query.orderBy('id').execute()).filter((host) => ctx.agents.isConnected(host.id))
  const host = hosts.find(({ id }) => id === vm?.last_host_id) ?? hosts[0]
  if (host !== undefined) return { hostId: host.id, incarnation: host.incarnation, vm: null }
  const pools = await db
    .selectFrom('storage_pool')
    .select('name')
    .where('id', 'in', [...poolIds])
    .execute()
  throw volumeFailure(
    'volume.pool-unreachable',
    `No connected host has ${pools.map((pool) => `pool ${pool.name}`).join(' and ')} attached`,
  )
}

async function siteOf(db: Queries, hostId: number): Promise<{ hostId: number; incarnation: number }> {
  const host = await db.selectFrom('host').select('incarnation').where('id', '=', hostId).executeTakeFirstOrThrow()
  return { hostId, incarnation: host.incarnation }
}

/** The host may act no more: fenced since, or removed. */
async function isLost(ctx: ServerContext, site: Site): Promise<boolean> {
  const host = await ctx.db
    .selectFrom('host')
    .select(['incarnation', 'removed'])
    .where('id', '=', site.hostId)
    .executeTakeFirst()
  return host === undefined || host.removed !== null || host.incarnation > site.incarnation
}

type Call<M extends HostMethodName> = Omit<Params<M>, 'tokens'>
type Options = {
  /** Where a step calls more than once, and in an undo: the host answers a key that it knows from its journal. */
  readonly part?: string
  readonly onProgress?: (progress: Readonly<Record<string, unknown>>) => void
}

/** A short call at the site. A lost link is waited for by the same key; a refusal is thrown as the host's failure. */
export async function callSite<M extends HostMethodName>(
  ctx: ServerContext,
  s: S,
  site: Site,
  method: M,
  params: Call<M>,
  options: Options = {},
): Promise<Result<M>> {
  return await guarded(ctx, site, async () => {
    // A read is in no journal.
    const tokens = methods[method].mutates ? { tokens: await stepTokens(ctx, site.hostId, s, options.part) } : {}
    return await ctx.agents.call(site.hostId, method, { ...params, ...tokens } as unknown as Params<M>, {
      signal: s.signal,
    })
  })
}

/** Longest time that one attempt waits for a long call; the next attempt goes on waiting under the same key. */
const attemptMs = 10 * 60_000

/** A long call at the site, awaited to its end. */
export async function runAtSite<M extends HostMethodName>(
  ctx: ServerContext,
  s: S,
  site: Site,
  method: M,
  params: Call<M>,
  options: Options = {},
): Promise<JsonObject> {
  return (await guarded(ctx, site, async () => {
    const tokens = await stepTokens(ctx, site.hostId, s, options.part)
    return await ctx.agents.run(site.hostId, method, { ...params, tokens } as unknown as Params<M>, {
      deadlineMs: attemptMs,
      signal: s.signal,
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    })
  })) as JsonObject
}

async function guarded<T>(ctx: ServerContext, site: Site, call: () => Promise<T>): Promise<T> {
  if (await isLost(ctx, site)) {
    throw volumeFailure('volume.host-lost', `The host that was working on the volume was fenced or removed`, {
      seen: `host ${site.hostId}`,
    })
  }
  try {
    return await call()
  } catch (error) {
    if (isLinkTrouble(error) || (error instanceof AltoError && error.code === 'vm.busy')) {
      throw new RetryLater(undefined, `host ${site.hostId}: ${error.message}`)
    }
    if (!(error instanceof AltoError)) throw error
    throw failureError(hostFailure(site.hostId, error))
  }
}

/** For undos: at the site, or, when that host may act no more, at any other that has the pool. */
export async function undoSite(ctx: ServerContext, site: Site, poolId: number): Promise<Site> {
  if (!(await isLost(ctx, site))) return site
  try {
    return await chooseSite(ctx.db, ctx, undefined, [poolId])
  } catch (error) {
    if (!(error instanceof AltoError)) throw error
    throw new RetryLater(undefined, error.message)
  }
}

/** Progress of a host's call as the run's own, saved at most once a second. */
export function throttled(s: {
  readonly ctx: ServerContext
  readonly progress: (progress: JsonObject) => Promise<void>
}): Options {
  let saved = Number.NEGATIVE_INFINITY
  return {
    onProgress: (progress) => {
      const now = s.ctx.runtime.monotonic()
      if (now - saved < 1000) return
      saved = now
      // A progress that is not saved is not missed.
      s.progress(progress as JsonObject).catch(() => undefined)
    },
  }
}
