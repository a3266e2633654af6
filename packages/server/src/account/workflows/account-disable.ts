import { defineWorkflow, LockBusy, RetryLater } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database, Row } from '../../db/database.ts'
import { transact } from '../../db/transaction.ts'
import { moveVm, vmLock, vmStopWorkflow } from '../../vm/index.ts'
import { findAccount, guestsOfAccount } from '../account.repository.ts'

type Input = { readonly accountId: number; readonly accountName: string; readonly stopVms: boolean }

const lookEveryMs = 1000

/** Stops what a disabled account has running. The account is disabled already; enabling it again ends the stopping. */
export const accountDisableWorkflow = defineWorkflow<ServerContext, Input, Database>('account.disable')
  .step('stop-guests', {
    deadlineMs: 600_000,
    async do({ ctx, input }) {
      const { accountId } = input
      const account = await findAccount(ctx.db, accountId)
      if (!input.stopVms || account?.state !== 'disabled') return { accountId }
      const guests = await guestsOfAccount(ctx.db, accountId)
      if (guests.length === 0) return { accountId }
      for (const guest of guests) if (guest.state === 'Running') await beginStop(ctx, guest)
      const names = guests.slice(0, 5).map((guest) => `${guest.name} (${guest.state})`)
      throw new RetryLater(
        lookEveryMs,
        `${guests.length} virtual machine(s) of account ${input.accountName} are not stopped: ${names.join(', ')}`,
      )
    },
  })
  .build()

async function beginStop(ctx: ServerContext, guest: Row<'vm_instance'>): Promise<void> {
  const runId = ctx.runtime.uuid()
  try {
    const graceMs = (await ctx.config.number('alto.vm.stop.grace.seconds')) * 1000
    await transact(ctx, async (tx) => {
      await moveVm(tx, ctx, guest, 'StopRequested', { cause: 'account.disable' })
      const input = { vmId: guest.id, hostId: guest.host_id, graceMs }
      await ctx.engine.start(tx, vmStopWorkflow, input, { id: runId, lockKey: vmLock(guest.id) })
      ctx.afterCommit(() => ctx.engine.kick(runId))
    })
  } catch (error) {
    // Somebody else works on it: the next look tells.
    if (!(error instanceof LockBusy)) throw error
  }
}
