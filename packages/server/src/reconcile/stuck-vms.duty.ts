import { errorText } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { transact } from '../db/transaction.ts'
import type { Duty } from '../duties/duty.ts'
import { moveVm, releaseClaims, runOfVm } from '../vm/index.ts'
import { reconcilePower } from './power-actions.ts'
import { noteTurn } from './status.ts'

/** Older than a run that is about to begin, ms. */
const stuckAfterMs = 60_000
const states = ['Starting', 'Stopping', 'Migrating'] as const

/**
 * VMs in a transitional state that no run holds, because a run ended by a bug: their hosts are asked and the answer is
 * followed. One without a host never left the database.
 */
export const stuckVmsDuty: Duty = {
  name: 'stuck-vms',
  pauseMs: async () => stuckAfterMs,
  run: async (ctx) => {
    const before = ctx.runtime.now() - stuckAfterMs
    const rows = await ctx.db
      .selectFrom('vm_instance')
      .selectAll()
      .where('state', 'in', [...states])
      .where('removed', 'is', null)
      .where('update_time', '<', before)
      .limit(500)
      .execute()
    let acted = 0
    for (const vm of rows) {
      if ((await runOfVm(ctx.db, vm.id)) !== undefined) continue
      acted++
      if (vm.host_id === null) await takeBack(ctx, vm.id)
      else await askHosts(ctx, [vm.host_id, ...(vm.state === 'Migrating' ? [vm.last_host_id] : [])])
    }
    noteTurn(ctx, 'stuck-vms', { looked: rows.length, acted })
  },
}

async function takeBack(ctx: ServerContext, vmId: number): Promise<void> {
  await transact(ctx, async (tx) => {
    const vm = await tx.selectFrom('vm_instance').selectAll().where('id', '=', vmId).executeTakeFirst()
    if (vm === undefined || vm.state !== 'Starting' || (await runOfVm(tx, vmId)) !== undefined) return
    await moveVm(tx, ctx, vm, 'OperationFailed', { cause: 'reconcile.stuck', set: await releaseClaims(tx, vm) })
  })
}

/** A whole report of each host, as at its hello. */
async function askHosts(ctx: ServerContext, hostIds: readonly (number | null)[]): Promise<void> {
  for (const hostId of hostIds) {
    if (hostId === null || !ctx.agents.isConnected(hostId)) continue
    try {
      const { domains } = await ctx.agents.call(hostId, 'vm.list', {})
      await reconcilePower(ctx, hostId, domains, true)
    } catch (error) {
      ctx.log.warn({ hostId, err: error }, `a host could not be asked for its guests: ${errorText(error)}`)
    }
  }
}
