import type { ArrivedHost, HostListener, PoolReport } from '../agents/host-listener.ts'
import { alertTypes, raiseAlert } from '../alert/index.ts'
import type { ServerContext } from '../context.ts'
import { transact } from '../db/transaction.ts'
import { attachOnHost, isAttached, type NotAttached, saveAttached } from './attach.ts'
import { ensureLocalPool } from './local-pool.ts'
import { dropHostRef, findPoolByUuid, type Pool, poolsOfHost, saveUsage } from './pool.repository.ts'
import { answerLease } from './pool-lease.ts'

type Known = { capacityBytes: number; usedBytes: number; readonly away: Set<number> }
/** What pings said of pools, by uuid: the database is written on change only. One table a server. */
const knownPools = new WeakMap<ServerContext['runtime'], Map<string, Known>>()

/**
 * Attaches a host's pools before it becomes Up, and keeps use and reachability of pools from its pings. A pool that one
 * host cannot attach is an alert and is not used on it; the host itself is Up.
 */
export const poolsListener: HostListener = {
  name: 'storage pools',
  arrive: attachAll,
  async pools(ctx, hostId, reports) {
    for (const report of reports) await takeReport(ctx, hostId, report)
  },
  poolLease: answerLease,
}

async function attachAll(ctx: ServerContext, arrived: ArrivedHost): Promise<void> {
  const host = arrived.row
  await ensureLocalPool(ctx, host)
  const pools = await poolsOfHost(ctx.db, host)
  const runId = `hello-${ctx.runtime.uuid()}`
  await Promise.all(
    pools.map(async (pool) => {
      const key = `${runId}/${pool.uuid}`
      const tokens = { key, runId, runEpoch: 0, hostIncarnation: arrived.incarnation }
      const outcome = await attachOnHost(ctx, pool, host, tokens, pool.host_id === host.id)
      ctx.agents.acknowledge(host.id, [key])
      if (isAttached(outcome)) await saveAttached(ctx, pool, outcome)
      else await detached(ctx, pool, outcome)
    }),
  )
}

/** The placement sees by the missing row that this host cannot use the pool. */
async function detached(ctx: ServerContext, pool: Pool, outcome: NotAttached): Promise<void> {
  ctx.log.warn({ pool: pool.name, host: outcome.host, code: outcome.code, seen: outcome.seen }, outcome.message)
  await transact(ctx, async (tx) => {
    await dropHostRef(tx, pool.id, outcome.hostId)
    await raiseAlert(tx, ctx, {
      type: alertTypes.host,
      subject: `Host ${outcome.host} cannot use storage pool ${pool.name}`,
      content: `${outcome.message}. Seen: ${outcome.seen ?? 'nothing more'}. ${outcome.fix}`,
      zoneId: pool.data_center_id,
      podId: pool.pod_id,
      clusterId: pool.cluster_id,
    })
  })
}

async function takeReport(ctx: ServerContext, hostId: number, report: PoolReport): Promise<void> {
  const table = knownPools.get(ctx.runtime) ?? new Map<string, Known>()
  knownPools.set(ctx.runtime, table)
  const known = table.get(report.uuid) ?? { capacityBytes: -1, usedBytes: -1, away: new Set<number>() }
  table.set(report.uuid, known)
  if (report.status === 'unreachable') {
    if (known.away.has(hostId)) return
    known.away.add(hostId)
    const pool = await findPoolByUuid(ctx.db, report.uuid)
    const host = await hostName(ctx, hostId)
    if (pool === undefined || host === undefined) return
    const message = `Storage pool ${pool.name} does not answer on host ${host}`
    const fix = 'Look at the mount on the host and at the storage server.'
    return await detached(ctx, pool, { hostId, host, code: 'pool.unreachable', message, fix, seen: report.seen ?? '' })
  }
  const cameBack = known.away.delete(hostId)
  const moved =
    known.capacityBytes !== report.capacityBytes ||
    Math.abs(known.usedBytes - report.usedBytes) > Math.max(1, report.capacityBytes / 200)
  if (!moved && !cameBack) return
  known.capacityBytes = report.capacityBytes
  known.usedBytes = report.usedBytes
  const pool = await findPoolByUuid(ctx.db, report.uuid)
  if (pool === undefined) return
  await saveUsage(ctx.db, pool.id, report, ctx.runtime.now())
  if (cameBack) await saveAttached(ctx, pool, { hostId, usage: report })
}

async function hostName(ctx: ServerContext, hostId: number): Promise<string | undefined> {
  const row = await ctx.db.selectFrom('host').select('name').where('id', '=', hostId).executeTakeFirst()
  return row?.name
}
