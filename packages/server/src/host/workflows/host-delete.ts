import { AltoError, hostFailure } from '@altostack/core'
import { defineWorkflow, LockBusy, RetryLater } from '@altostack/workflow'
import { revokeHostCertificates } from '../../agents/ca/host-certificate.repository.ts'
import type { ServerContext } from '../../context.ts'
import type { Database, Row } from '../../db/database.ts'
import { transact } from '../../db/transaction.ts'
import { forgetTemplateCopies, localPoolsOf, movePoolStatus } from '../../storage/index.ts'
import { moveVm, vmDestroyWorkflow, vmLock, vmStopWorkflow } from '../../vm/index.ts'
import { findHost, forgetHostRows } from '../host.repository.ts'
import { moveHostResourceState, moveHostStatus } from '../host.states.ts'
import { activeGuests, forgetLastHost, localVolumes, vmsOnLocalPools } from '../host-guests.repository.ts'

type DeleteInput = { readonly hostId: number; readonly hostUuid: string; readonly localStorage: boolean }

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
      for (const vm of await activeGuests(ctx.db, input.hostId)) {
        if (vm.state === 'Running') await beginStop(ctx, vm)
      }
      const left = await activeGuests(ctx.db, input.hostId)
      if (left.length > 0) throw new RetryLater(500, `${left.length} guest(s) are being stopped`)
    },
  })
  .step('destroy-local', {
    when: (s) => s.input.localStorage,
    deadlineMs: 3_600_000,
    async do(s) {
      const { ctx, input } = s
      for (const vmId of await vmsOnLocalPools(ctx.db, input.hostId)) await beginDestroy(ctx, vmId)
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
      const left = await activeGuests(tx, host.id)
      if (left.length > 0) throw hostFailure('host.has-vms', `Host ${host.name} has virtual machines again`)
      await removeLocalPools(tx, ctx, host, now)
      await forgetLastHost(tx, host.id)
      await revokeHostCertificates(tx, host.uuid, now)
      await moveHostStatus(tx, ctx, host, 'Remove', {
        cause: 'host.delete',
        set: { removed: now, mgmt_server_id: null, guid: null, cluster_id: null, machine_id: null },
      })
      await forgetHostRows(tx, host.id)
      ctx.afterCommit(() => ctx.agents.drop(host.id, 'the host was removed'))
    },
  })
  .build()

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
  for (const pool of await localPoolsOf(tx, host.id)) {
    await movePoolStatus(tx, ctx, pool, 'Remove', { cause: 'host.delete', set: { removed: now } })
    await forgetTemplateCopies(tx, pool.id)
  }
}
