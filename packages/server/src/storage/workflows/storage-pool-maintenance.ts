import { AltoError, storageFailure } from '@altostack/core'
import { defineWorkflow, LockBusy, RetryLater, type StepScope } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { transact } from '../../db/transaction.ts'
import { moveVm, vmLock, vmStopWorkflow } from '../../vm/index.ts'
import { attachOnHost, isAttached, saveAttached } from '../attach.ts'
import { guestsOnPool, isLive, noteWork, type PoolGuest, workFailure, workOfPool } from '../maintenance.repository.ts'
import { dropHostRef, findPool, hostsOfPool, type Pool, upHostsOfPool } from '../pool.repository.ts'
import { movePoolStatus } from '../pool.states.ts'
import { beginGuestMove, nextMove } from '../pool-evacuation.ts'
import { hostPoolRef } from '../pool-ref.ts'
import { stepTokens } from '../tokens.ts'

type Input = { readonly poolId: number; readonly poolName: string; readonly stopVms: boolean }
type S = StepScope<ServerContext, Input, object>

const cause = 'storage.maintenance'
const lookEveryMs = 500
const attempts = 3

/**
 * Takes a pool out of service: the disks of running guests move to other pools, or the guests with them to other hosts; it
 * stops them only where it was told so. Then it detaches the pool from every host, so that the storage can be worked on, and
 * says Maintenance. What was stopped is noted and started when the maintenance ends.
 */
export const storagePoolMaintenanceWorkflow = defineWorkflow<ServerContext, Input, Database>('storage-pool.maintenance')
  .step('stop-guests', { deadlineMs: 24 * 3_600_000, do: stopGuests })
  .step('detach', {
    deadlineMs: 300_000,
    async do(s) {
      const { ctx, input } = s
      const pool = await preparing(ctx, input)
      for (const hostId of await hostsOfPool(ctx.db, pool.id)) {
        // A host that is away is told at its next hello: the pool is no longer among those that it shall have.
        if (ctx.agents.isConnected(hostId)) {
          const tokens = await stepTokens(ctx, hostId, s, `h${hostId}`)
          await ctx.agents.call(hostId, 'pool.detach', { tokens, pool: hostPoolRef(pool) }).catch((error: unknown) => {
            // Storage that is broken is what maintenance is for: it need not let go of a host.
            if (!(error instanceof AltoError) || error.code === 'volume.in-use') throw error
            ctx.log.warn({ pool: pool.name, hostId, err: error }, 'a pool could not be detached')
          })
        }
        await transact(ctx, (tx) => dropHostRef(tx, pool.id, hostId))
      }
    },
    // A pool whose maintenance failed is used on: its hosts have it again, as far as they can.
    async undo(s) {
      const { ctx, input } = s
      const pool = await findPool(ctx.db, input.poolId)
      if (pool === undefined) return
      for (const host of await upHostsOfPool(ctx.db, pool)) {
        const tokens = await stepTokens(ctx, host.id, s, `${host.uuid}/undo`)
        const outcome = await attachOnHost(ctx, pool, host, tokens, false, s.signal)
        if (isAttached(outcome)) await saveAttached(ctx, pool, outcome)
        else ctx.log.warn({ pool: pool.name, ...outcome }, 'a host cannot attach the pool again')
      }
    },
  })
  .transact('enter', {
    async do(tx, s) {
      const pool = await findPool(tx, s.input.poolId)
      if (pool?.status !== 'PrepareForMaintenance') throw over(s.input)
      await movePoolStatus(tx, s.ctx, pool, 'EnterMaintenance', { cause })
      return { poolId: pool.id }
    },
  })
  .onFailed(async (tx, s, failure) => {
    const pool = await findPool(tx, s.input.poolId)
    // Whoever cancelled has moved it already.
    if (pool?.status !== 'PrepareForMaintenance') return
    const { code, message, seen } = failure
    await movePoolStatus(tx, s.ctx, pool, 'Fail', {
      cause,
      evidence: { code, message, ...(seen === undefined ? {} : { seen }) },
    })
  })
  .build()

async function stopGuests(s: S): Promise<{ readonly stopped: number }> {
  const { ctx, input } = s
  const pool = await preparing(ctx, input)
  const guests = await guestsOnPool(ctx.db, pool.id)
  const work = await workOfPool(ctx.db, pool.id)
  if (guests.length === 0) return { stopped: work.size }
  const stuck: string[] = []
  for (const guest of guests) {
    const known = work.get(guest.id)
    if (guest.state !== 'Running') continue
    if (known !== undefined && (await isLive(ctx.db, known.run_id))) continue
    const failure = known === undefined ? undefined : await workFailure(ctx.db, known.run_id)
    if (failure !== undefined && known !== undefined && known.attempts >= attempts) {
      stuck.push(`${guest.name}: ${failure.seen}`)
    } else if (!input.stopVms) {
      const refused = await beginMove(ctx, pool, guest, failure !== undefined)
      if (refused !== undefined) stuck.push(`${guest.name}: ${refused}`)
    } else if (known === undefined || failure !== undefined) await beginStop(ctx, pool, guest, failure !== undefined)
  }
  if (stuck.length === guests.length) {
    const done = input.stopVms ? 'stopped' : 'moved off it'
    throw storageFailure(
      'storage.maintenance-stuck',
      `${stuck.length} virtual machine(s) on storage pool ${pool.name} could not be ${done}: ${stuck.slice(0, 5).join(' | ')}`,
      { seen: stuck.join(' | ') },
    )
  }
  throw new RetryLater(lookEveryMs, `${guests.length} virtual machine(s) still run on ${pool.name}`)
}

/** Answers why the guest has nowhere to go. */
async function beginMove(
  ctx: ServerContext,
  pool: Pool,
  guest: PoolGuest,
  again: boolean,
): Promise<string | undefined> {
  const runId = ctx.runtime.uuid()
  const move = await nextMove(ctx.db, ctx, pool, guest)
  if (move.kind === 'refused') return move.seen
  try {
    await transact(ctx, async (tx) => {
      await beginGuestMove(tx, ctx, guest, move, runId)
      const now = ctx.runtime.now()
      await noteWork(tx, { poolId: pool.id, vmId: guest.id, runId, now, stops: false, again })
      ctx.afterCommit(() => ctx.engine.kick(runId))
    })
    return undefined
  } catch (error) {
    if (error instanceof LockBusy) return undefined
    if (error instanceof AltoError) return error.message
    throw error
  }
}

async function beginStop(ctx: ServerContext, pool: Pool, guest: PoolGuest, again: boolean): Promise<void> {
  const runId = ctx.runtime.uuid()
  try {
    const graceMs = (await ctx.config.number('alto.vm.stop.grace.seconds')) * 1000
    await transact(ctx, async (tx) => {
      await moveVm(tx, ctx, guest, 'StopRequested', { cause })
      const input = { vmId: guest.id, hostId: guest.host_id, graceMs }
      await ctx.engine.start(tx, vmStopWorkflow, input, { id: runId, lockKey: vmLock(guest.id) })
      const now = ctx.runtime.now()
      await noteWork(tx, { poolId: pool.id, vmId: guest.id, runId, now, stops: true, again })
      ctx.afterCommit(() => ctx.engine.kick(runId))
    })
  } catch (error) {
    // Somebody else works on it: the next look tells.
    if (!(error instanceof LockBusy)) throw error
  }
}

async function preparing(ctx: ServerContext, input: Input): Promise<Pool> {
  const pool = await findPool(ctx.db, input.poolId)
  if (pool?.status !== 'PrepareForMaintenance') throw over(input)
  return pool
}

/** For the command too: refused before anything is changed. */
export function guestsStay(pool: Pool, stays: readonly { guest: PoolGuest; seen: string }[]): Error {
  return storageFailure(
    'storage.maintenance-vms',
    `${stays.length} virtual machine(s) with disks on storage pool ${pool.name} cannot move and are not stopped`,
    {
      seen: stays
        .slice(0, 10)
        .map(({ guest, seen }) => `${guest.name} (${guest.state}): ${seen}`)
        .join('; '),
      entities: stays.slice(0, 20).map(({ guest }) => ({ uuid: guest.uuid, description: 'VirtualMachine' })),
    },
  )
}

function over(input: Input): Error {
  return storageFailure('storage.maintenance-over', `The maintenance of storage pool ${input.poolName} was cancelled`)
}
