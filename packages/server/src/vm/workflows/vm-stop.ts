import { defineWorkflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { endGuestOnHost, findPower, settleFailedEnd } from '../end-guest.ts'
import { requireVm } from '../vm.repository.ts'
import { moveVm } from '../vm.states.ts'
import { reserveClaims } from '../vm-claims.ts'

const cause = 'vm.stop'

/** Stops a VM that its command has moved to Stopping; one that was Stopped already has nothing to do. */
export type StopInput = { readonly vmId: number; readonly hostId: number | null; readonly graceMs: number }

export const vmStopWorkflow = defineWorkflow<ServerContext, StopInput, Database>('vm.stop')
  .step('stop', {
    when: (s) => s.input.hostId !== null,
    do: async (s) => {
      const vm = await requireVm(s.ctx.db, s.input.vmId)
      await endGuestOnHost(s.ctx, s, vm, s.input.hostId!, s.input.graceMs)
    },
    undo: (s) => findPower(s.ctx, s.input.vmId, s.input.hostId!),
    uncancellable: true,
    deadlineMs: 2 * 3_600_000,
  })
  .onSucceeded(async (tx, s) => {
    const { ctx, input } = s
    const vm = await requireVm(tx, input.vmId)
    if (input.hostId === null) return
    await moveVm(tx, ctx, vm, 'OperationSucceeded', {
      cause,
      set: {
        ...(await reserveClaims(tx, vm)),
        power_state: 'PowerOff',
        power_state_update_time: ctx.runtime.now(),
        vnc_port: null,
        run_id: null,
      },
    })
    ctx.afterCommit(() => ctx.agents.acknowledge(input.hostId!, [`${s.runId}/stop`]))
  })
  .onFailed(async (tx, s, failure) => {
    if (failure.kind !== 'preempted') await settleFailedEnd(tx, s.ctx, s.input.vmId, cause, failure)
  })
  .build()
