import { defineWorkflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { endVm, removeDiskFiles } from '../expunge-steps.ts'
import { requireVm } from '../vm.repository.ts'
import { moveVm } from '../vm.states.ts'

const cause = 'vm.expunge'

/** Removes a VM that was moved to Expunging for good. What fails is tried again by the next look of the expunge thread. */
export const vmExpungeWorkflow = defineWorkflow<ServerContext, { readonly vmId: number }, Database>('vm.expunge')
  .step('disks', {
    do: (s) => removeDiskFiles(s.ctx, s, s.input.vmId),
    uncancellable: true,
    deadlineMs: 3_600_000,
  })
  .onSucceeded((tx, s) => endVm(tx, s.ctx, s.input.vmId, cause))
  .onFailed(async (tx, s, failure) => {
    if (failure.kind === 'preempted') return
    const vm = await requireVm(tx, s.input.vmId)
    const { code, message, fix } = failure
    if (vm.state !== 'Expunging') return
    await moveVm(tx, s.ctx, vm, 'OperationFailed', {
      cause,
      evidence: { code, message },
      set: { last_error: JSON.stringify({ code, message, fix }), run_id: null },
    })
  })
  .build()
