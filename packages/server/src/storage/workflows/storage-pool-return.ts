import { storageFailure } from '@altostack/core'
import { defineWorkflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database, Tx } from '../../db/database.ts'
import { findVm, moveVm, runOfVm, vmLock, vmStartWorkflow } from '../../vm/index.ts'
import { attachOnHost, isAttached, type NotAttached } from '../attach.ts'
import { forgetWork, workOfPool } from '../maintenance.repository.ts'
import { findPool, saveHostRef, upHostsOfPool } from '../pool.repository.ts'
import { movePoolStatus } from '../pool.states.ts'
import { stepTokens } from '../tokens.ts'

type Input = { readonly poolId: number }

const cause = 'storage.maintenance.cancel'

/**
 * Puts a pool back into service: attached where it can be, Up, and the guests that its maintenance stopped are started.
 * A host that cannot attach it does not use it; when none can, the pool is ErrorInMaintenance and the job says why.
 */
export const storagePoolReturnWorkflow = defineWorkflow<ServerContext, Input, Database>('storage-pool.return')
  .step('attach', {
    deadlineMs: 300_000,
    async do(s) {
      const { ctx } = s
      const pool = await findPool(ctx.db, s.input.poolId)
      if (pool === undefined) throw storageFailure('storage.state', 'The pool was removed meanwhile')
      const hosts = await upHostsOfPool(ctx.db, pool)
      const outcomes = await Promise.all(
        hosts.map(async (host) =>
          attachOnHost(ctx, pool, host, await stepTokens(ctx, host.id, s, host.uuid), false, s.signal),
        ),
      )
      const failed = outcomes.filter((outcome): outcome is NotAttached => !isAttached(outcome))
      for (const one of failed) ctx.log.warn({ pool: pool.name, ...one }, 'a host cannot attach the pool again')
      const attached = outcomes.filter(isAttached)
      if (attached.length === 0 && failed.length > 0) {
        const named = failed.map(
          (one) => `${one.host}: ${one.message}${one.seen === undefined ? '' : ` (${one.seen})`}`,
        )
        throw storageFailure('storage.attach', `No host can attach storage pool ${pool.name}: ${named[0]}`, {
          seen: named.join('; '),
          fix: failed[0]?.fix ?? '',
        })
      }
      return { attached: attached.map(({ hostId, usage }) => ({ hostId, usage })) }
    },
  })
  .transact('up', {
    async do(tx, s) {
      const pool = await findPool(tx, s.input.poolId)
      if (pool === undefined) throw storageFailure('storage.state', 'The pool was removed meanwhile')
      const now = s.ctx.runtime.now()
      for (const one of s.out.attach.attached) await saveHostRef(tx, pool, one.hostId, now)
      const usage = s.out.attach.attached[0]?.usage
      const set =
        usage === undefined
          ? {}
          : { capacity_bytes: usage.capacityBytes, used_bytes: usage.usedBytes, update_time: now }
      await movePoolStatus(tx, s.ctx, pool, 'Cancelled', { cause, set })
      for (const work of (await workOfPool(tx, pool.id)).values()) {
        if (work.stopped_for_maintenance === 1) await beginStart(tx, s.ctx, work.vm_id)
      }
      await forgetWork(tx, pool.id)
      return { poolId: pool.id }
    },
  })
  .onFailed(async (tx, s, failure) => {
    const pool = await findPool(tx, s.input.poolId)
    if (pool?.status !== 'CancelMaintenance') return
    const evidence = { message: failure.message, ...(failure.seen === undefined ? {} : { seen: failure.seen }) }
    await movePoolStatus(tx, s.ctx, pool, 'Fail', { cause: failure.code, evidence })
  })
  .build()

/** Starts one guest, unless its owner has done or does something with it. Its own events tell how that goes. */
async function beginStart(tx: Tx, ctx: ServerContext, vmId: number): Promise<void> {
  const vm = await findVm(tx, vmId)
  if (vm === undefined || vm.removed !== null) return
  if (vm.state !== 'Stopped' || (await runOfVm(tx, vmId)) !== undefined) return
  const runId = ctx.runtime.uuid()
  await moveVm(tx, ctx, vm, 'StartRequested', { cause })
  const input = { vmId, first: false, considerLastHost: true, allowDisabled: true }
  await ctx.engine.start(tx, vmStartWorkflow, input, { id: runId, lockKey: vmLock(vmId) })
  ctx.afterCommit(() => ctx.engine.kick(runId))
}
