import { errorText } from '@altostack/core'
import { defineWorkflow, RetryLater } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { stepTokens } from '../../storage/index.ts'
import { isLinkTrouble, vmToken } from '../host-calls.ts'
import { throughLibvirtRestart } from '../libvirt-away.ts'
import { requireVm } from '../vm.repository.ts'

/** Reboots a running VM where it is; its state does not change. */
export type RebootInput = {
  readonly vmId: number
  readonly hostId: number
  readonly forced: boolean
  readonly graceMs: number
}

export const vmRebootWorkflow = defineWorkflow<ServerContext, RebootInput, Database>('vm.reboot')
  .step('reboot', {
    do: async (s) => {
      const { ctx, input } = s
      const vm = await requireVm(ctx.db, input.vmId)
      try {
        // Booted once more at worst: a reboot that was half done cannot be told from none.
        await throughLibvirtRestart(ctx, s, input.hostId, async () =>
          ctx.agents.run(
            input.hostId,
            'vm.reboot',
            {
              tokens: await stepTokens(ctx, input.hostId, s),
              vm: vmToken(vm, vm.generation),
              forced: input.forced,
              graceMs: input.graceMs,
            },
            { deadlineMs: input.graceMs + 60_000, signal: s.signal },
          ),
        )
      } catch (error) {
        if (isLinkTrouble(error)) throw new RetryLater(undefined, `host ${input.hostId}: ${errorText(error)}`)
        throw error
      }
    },
    uncancellable: true,
    deadlineMs: 30 * 60_000,
  })
  .onSucceeded(async (_tx, s) => {
    s.ctx.afterCommit(() => s.ctx.agents.acknowledge(s.input.hostId, [`${s.runId}/reboot`]))
  })
  .build()
