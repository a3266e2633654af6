import { storageFailure } from '@altostack/core'
import { defineWorkflow, type Workflow } from '@altostack/workflow'
import { alertTypes, raiseAlert } from '../../alert/index.ts'
import type { ServerContext } from '../../context.ts'
import type { Database, Row, Tx } from '../../db/database.ts'
import { awaitedAmong, notBackYet } from '../../host/index.ts'
import { type Attached, attachOnHost, isAttached, type NotAttached } from '../attach.ts'
import { findPool, forgetPoolDetails, requirePool, saveHostRef, upHostsOfPool } from '../pool.repository.ts'
import { movePoolStatus } from '../pool.states.ts'
import { hostPoolRef } from '../pool-ref.ts'
import { stepTokens } from '../tokens.ts'

type PoolInput = { readonly poolId: number }

/** Attaches a new pool on every Up host of its cluster, the first of which marks it; then it is Up. */
export const storagePoolCreateWorkflow: Workflow = defineWorkflow<ServerContext, PoolInput, Database>(
  'storage-pool.create',
)
  .step('attach', {
    deadlineMs: 300_000,
    async do(s) {
      const { ctx } = s
      const pool = await findPool(ctx.db, s.input.poolId)
      if (pool === undefined) throw storageFailure('storage.state', 'The pool was removed meanwhile')
      const hosts = await upHostsOfPool(ctx.db, pool)
      const [first, ...others] = hosts
      if (first === undefined) {
        const place = pool.cluster_id === null ? { zoneId: pool.data_center_id } : { clusterId: pool.cluster_id }
        const awaited = await awaitedAmong(ctx.db, ctx, place)
        if (awaited.length > 0) throw notBackYet(ctx, `storage pool ${pool.name}`, awaited)
        throw storageFailure('storage.no-host', `No host up to associate storage pool ${pool.name} with`)
      }
      const attach = async (host: Row<'host'>, create: boolean): Promise<Attached | NotAttached> =>
        await attachOnHost(ctx, pool, host, await stepTokens(ctx, host.id, s, host.uuid), create, s.signal)
      const marked = await attach(first, true)
      // The others are asked only when the marker is there: it must be the same storage.
      const outcomes = isAttached(marked)
        ? [marked, ...(await Promise.all(others.map((host) => attach(host, false))))]
        : [marked]
      const failed = outcomes.filter((outcome): outcome is NotAttached => !isAttached(outcome))
      if (failed.length > 0) throw attachFailure(pool.name, failed)
      return {
        attached: outcomes
          .filter(isAttached)
          .map(({ hostId, usage, notice }) => ({ hostId, usage, notice: notice ?? '' })),
      }
    },
    async undo(s) {
      const { ctx } = s
      const pool = await requirePool(ctx.db, s.input.poolId)
      for (const host of await upHostsOfPool(ctx.db, pool)) {
        if (!ctx.agents.isConnected(host.id)) continue
        const tokens = await stepTokens(ctx, host.id, s, `${host.uuid}/undo`)
        await ctx.agents
          .call(host.id, 'pool.detach', { tokens, pool: hostPoolRef(pool), release: true })
          .catch((error) => {
            ctx.log.warn({ pool: pool.name, host: host.name, err: error }, 'a pool could not be detached again')
          })
      }
    },
  })
  .transact('up', {
    async do(tx, s) {
      const { ctx } = s
      const pool = await findPool(tx, s.input.poolId)
      if (pool === undefined) throw storageFailure('storage.state', 'The pool was removed meanwhile')
      const { attached } = s.out.attach
      for (const one of attached) await saveHostRef(tx, pool, one.hostId, ctx.runtime.now())
      await tellNotices(tx, ctx, pool, attached)
      const usage = attached[0]?.usage ?? { capacityBytes: 0, usedBytes: 0 }
      await movePoolStatus(tx, ctx, pool, 'Attached', {
        cause: 'storage.create',
        evidence: { hosts: attached.length },
        set: { capacity_bytes: usage.capacityBytes, used_bytes: usage.usedBytes, update_time: ctx.runtime.now() },
      })
      return { poolId: pool.id }
    },
  })
  .onFailed(async (tx, s, failure) => {
    const pool = await findPool(tx, s.input.poolId)
    if (pool === undefined || pool.status === 'Up') return
    await movePoolStatus(tx, s.ctx, pool, 'Fail', {
      cause: failure.code,
      evidence: { message: failure.message, seen: failure.seen },
      set: { removed: s.ctx.runtime.now() },
    })
    await forgetPoolDetails(tx, pool.id)
  })
  .build()

/** An older protocol than wanted works, and an operator should know. */
async function tellNotices(
  tx: Tx,
  ctx: ServerContext,
  pool: Row<'storage_pool'>,
  attached: readonly { readonly notice: string }[],
): Promise<void> {
  const notice = attached.find((one) => one.notice !== '')?.notice
  if (notice === undefined) return
  await raiseAlert(tx, ctx, {
    type: alertTypes.host,
    subject: `Storage pool ${pool.name} works, with a reservation`,
    content: notice,
    zoneId: pool.data_center_id,
    podId: pool.pod_id,
    clusterId: pool.cluster_id,
  })
}

function attachFailure(pool: string, failed: readonly NotAttached[]): Error {
  const [first] = failed
  const named = failed.map((one) => `${one.host}: ${one.message}${one.seen === undefined ? '' : ` (${one.seen})`}`)
  return storageFailure(
    'storage.attach',
    `Failed to access storage pool ${pool} on ${failed.length} host(s): ${named[0]}`,
    {
      seen: named.join('; '),
      ...(first === undefined ? {} : { fix: first.fix }),
      evidence: { hosts: failed.map((one) => ({ ...one })) },
    },
  )
}
