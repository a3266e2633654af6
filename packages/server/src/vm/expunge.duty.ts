import { LockBusy } from '@altostack/workflow'
import type { ServerContext } from '../context.ts'
import { transact } from '../db/transaction.ts'
import type { Duty } from '../duties/duty.ts'
import { vmLock } from './vm.repository.ts'
import { moveVm } from './vm.states.ts'
import { vmExpungeWorkflow } from './workflows/vm-expunge.ts'

/** VMs begun in one turn; a great many destroyed ones are spread over turns. */
const perTurn = 200

/**
 * Removes VMs for good that were destroyed, or failed to deploy, longer than expunge.delay ago, and takes up again what
 * an earlier expunge could not finish.
 */
export const expungeDuty: Duty = {
  name: 'expunge',
  pauseMs: async (ctx) => (await ctx.config.number('expunge.interval')) * 1000,
  run: async (ctx) => {
    await expungeDue(ctx)
  },
}

/** Starts the runs that are due; answers how many. */
export async function expungeDue(ctx: ServerContext): Promise<number> {
  const before = ctx.runtime.now() - (await ctx.config.number('expunge.delay')) * 1000
  const due = await ctx.db
    .selectFrom('vm_instance')
    .select(['id', 'delete_protection'])
    .where('removed', 'is', null)
    .where((e) =>
      e.or([
        e('state', '=', 'Expunging'),
        e.and([e('state', 'in', ['Destroyed', 'Error']), e('update_time', '<', before)]),
      ]),
    )
    .orderBy('id')
    .limit(perTurn)
    .execute()
  let begun = 0
  for (const { id, delete_protection } of due) {
    if (delete_protection === 0 && (await begin(ctx, id))) begun++
  }
  return begun
}

async function begin(ctx: ServerContext, vmId: number): Promise<boolean> {
  try {
    return await transact(ctx, async (tx) => {
      const vm = await tx.selectFrom('vm_instance').selectAll().where('id', '=', vmId).executeTakeFirst()
      if (vm === undefined || vm.removed !== null || !['Destroyed', 'Error', 'Expunging'].includes(vm.state))
        return false
      const runId = await ctx.engine.start(tx, vmExpungeWorkflow, { vmId }, { lockKey: vmLock(vmId) })
      await moveVm(tx, ctx, vm, 'ExpungeOperation', { cause: 'expunge.delay' })
      ctx.afterCommit(() => ctx.engine.kick(runId))
      return true
    })
  } catch (error) {
    if (error instanceof LockBusy) return false
    throw error
  }
}
