import { AltoError, hostFailure } from '@altostack/core'
import { defineWorkflow, LockBusy, RetryLater } from '@altostack/workflow'
import { revokeHostCertificates } from '../../agents/ca/host-certificate.repository.ts'
import type { ServerContext } from '../../context.ts'
import type { Database, Queries, Row } from '../../db/database.ts'
import { transact } from '../../db/transaction.ts'
import { movePoolStatus } from '../../storage/index.ts'
import { moveVm, vmDestroyWorkflow, vmLock, vmStopWorkflow } from '../../vm/index.ts'
import { findHost } from '../host.repository.ts'
import { moveHostResourceState, moveHostStatus } from '../host.states.ts'
import { localVolumes } from '../host-guests.repository.ts'

type DeleteInput = { readonly hostId: number; readonly hostUuid: string; readonly localStorage: boolean }
const settled = ['Stopped', 'Destroyed', 'Expunging', 'Expunged', 'Error']

/** Stops what runs on a host, takes its agent's identity away, removes it. Its files and its other guests stay. */
export const hostDeleteWorkflow = defineWorkflow<ServerContext, DeleteInput, Database>('host.delete')
  .transact('close', {
    async do(tx, s) {
      // Nothing new is placed on it while it is emptied.
      const host = await findHost(tx, s.input.hostId)
      if (host === undefined || host.resource_state === 'Disabled') return
      await moveHostResourceState(tx, s.ctx, host, 'DeleteHost', { cause: 'host.delete' })
    },
  })
  .step('stop-guests', {
    deadlineMs: 3 * 3_600_000,
    async do(s) {
      const { ctx, input } = s
      for (const vm of await guestsOf(ctx.db, input.hostId)) {
        if (vm.state === 'Running') await beginStop(ctx, vm)
      }
      const left = await guestsOf(ctx.db, input.hostId)
      if (left.length > 0) throw new RetryLater(500, `${left.length} guest(s) are being stopped`)
    },
  })
  .step('destroy-local', {
    when: (s) => s.input.localStorage,
    deadlineMs: 3_600_000,
    async do(s) {
      const { ctx, input } = s
      for (const vmId of await machinesOnLocalStorage(ctx.db, input.hostId)) await beginDestroy(ctx, vmId)
      const left = await localVolumes(ctx.db, input.hostId)
      if (left.length > 0) throw new RetryLater(500, `${left.length} volume(s) are being destroyed`)
    },
  })
  .step('tell-agent', {
    retry: { attempts: 1 },
    async do(s) {
      const { ctx, input } = s
      try {
        await ctx.agents.call(input.hostId, 'host.remove', { forget: true }, { deadlineMs: 5000 })
      } catch (error) {
        // A host that is away finds its certificate revoked when it comes back.
        if (!(error instanceof AltoError)) throw error
        ctx.log.info({ host: input.hostUuid, code: error.code }, 'a removed host could not be told')
      }
    },
  })
  .transact('remove', {
    async do(tx, s) {
      const { ctx, input } = s
      const host = await findHost(tx, input.hostId)
      if (host === undefined) return
      const now = ctx.runtime.now()
      const left = await guestsOf(tx, host.id)
      if (left.length > 0) throw hostFailure('host.has-vms', `Host ${host.name} has virtual machines again`)
      await removeLocalPools(tx, ctx, host, now)
      await tx
        .updateTable('vm_instance')
        .set({ last_host_id: null })
        .where('last_host_id', '=', host.id)
        .where('state', 'in', settled)
        .execute()
      await revokeHostCertificates(tx, host.uuid, now)
      await moveHostStatus(tx, ctx, host, 'Remove', {
        cause: 'host.delete',
        set: { removed: now, mgmt_server_id: null, guid: null, cluster_id: null, machine_id: null },
      })
      for (const table of ['host_details', 'host_tags', 'host_capacity', 'storage_pool_host_ref'] as const) {
        await tx.deleteFrom(table).where('host_id', '=', host.id).execute()
      }
      ctx.afterCommit(() => ctx.agents.drop(host.id, 'the host was removed'))
    },
  })
  .build()

async function guestsOf(db: Queries, hostId: number): Promise<Row<'vm_instance'>[]> {
  return await db
    .selectFrom('vm_instance')
    .selectAll()
    .where('host_id', '=', hostId)
    .where('removed', 'is', null)
    .where('state', 'not in', settled)
    .execute()
}

async function beginStop(ctx: ServerContext, vm: Row<'vm_instance'>): Promise<void> {
  const graceMs = (await ctx.config.number('alto.vm.stop.grace.seconds')) * 1000
  try {
    await transact(ctx, async (tx) => {
      const runId = ctx.runtime.uuid()
      await moveVm(tx, ctx, vm, 'StopRequested', { cause: 'host.delete' })
      const input = { vmId: vm.id, hostId: vm.host_id, graceMs }
      await ctx.engine.start(tx, vmStopWorkflow, input, { id: runId, lockKey: vmLock(vm.id) })
      ctx.afterCommit(() => ctx.engine.kick(runId))
    })
  } catch (error) {
    // Somebody works on it; the next look tells where it went.
    if (!(error instanceof LockBusy)) throw error
  }
}

async function machinesOnLocalStorage(db: Queries, hostId: number): Promise<number[]> {
  const rows = await db
    .selectFrom('volumes')
    .innerJoin('storage_pool', 'storage_pool.id', 'volumes.pool_id')
    .select('volumes.instance_id')
    .distinct()
    .where('storage_pool.host_id', '=', hostId)
    .where('volumes.removed', 'is', null)
    .execute()
  return rows.map((row) => row.instance_id).filter((id) => id !== null)
}

async function beginDestroy(ctx: ServerContext, vmId: number): Promise<void> {
  const input = { vmId, hostId: null, graceMs: 0, expunge: true }
  try {
    const runId = ctx.runtime.uuid()
    await transact(ctx, async (tx) => {
      await ctx.engine.start(tx, vmDestroyWorkflow, input, { id: runId, lockKey: vmLock(vmId) })
      ctx.afterCommit(() => ctx.engine.kick(runId))
    })
  } catch (error) {
    if (!(error instanceof LockBusy)) throw error
  }
}

async function removeLocalPools(
  tx: Parameters<typeof movePoolStatus>[0],
  ctx: ServerContext,
  host: Row<'host'>,
  now: number,
): Promise<void> {
  const pools = await tx
    .selectFrom('storage_pool')
    .selectAll()
    .where('host_id', '=', host.id)
    .where('removed', 'is', null)
    .execute()
  for (const pool of pools) {
    await movePoolStatus(tx, ctx, pool, 'Remove', { cause: 'host.delete', set: { removed: now } })
    await tx.deleteFrom('template_spool_ref').where('pool_id', '=', pool.id).execute()
  }
}
