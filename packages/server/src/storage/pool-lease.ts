import { hostRefusal, type Params, type Result } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { findPoolByUuid, type upHostsOfPool } from './pool.repository.ts'
import { giveLease, takeLease } from './pool-lease.repository.ts'

/** Beyond what a host needs for one change, renewed meanwhile: so long others wait for a host that died. */
const ttlMs = 60_000
/** Clocks of management servers differ by less. */
const clocksMs = 5000

/** Answers a host that asks for the lease of a pool or gives it back. */
export async function answerLease(
  ctx: ServerContext,
  hostId: number,
  { poolUuid, act, term }: Params<'pool.lease'>,
): Promise<Result<'pool.lease'>> {
  const pool = await findPoolByUuid(ctx.db, poolUuid)
  if (pool === undefined || !(await isOfHost(ctx, pool, hostId))) {
    throw hostRefusal(agentFailure('pool.lease', 'The pool is none of this host', { seen: poolUuid }))
  }
  if (act === 'give') {
    await giveLease(ctx.db, pool.id, hostId, term)
    return { held: false, ttlMs: 0 }
  }
  const now = ctx.runtime.now()
  const wanted = { poolId: pool.id, hostId, term, expires: now + ttlMs }
  const holder = await takeLease(ctx.db, wanted, now - clocksMs)
  return holder === undefined ? { held: true, ttlMs } : { held: false, ttlMs: 0, holder }
}

/** A host that is not Up yet attaches its pools, too. */
async function isOfHost(
  ctx: ServerContext,
  pool: Parameters<typeof upHostsOfPool>[1],
  hostId: number,
): Promise<boolean> {
  const host = await ctx.db.selectFrom('host').selectAll().where('id', '=', hostId).executeTakeFirst()
  if (host === undefined || host.data_center_id !== pool.data_center_id) return false
  if (pool.host_id !== null && pool.host_id !== hostId) return false
  return pool.cluster_id === null || pool.cluster_id === host.cluster_id
}
