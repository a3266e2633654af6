import { errorText } from '@altostack/core'
import { RetryLater } from '@altostack/workflow'
import type { ServerContext } from '../context.ts'
import { failureError, hostFailure, isLinkTrouble, type StepTokens, tokensFor, vmToken } from './host-calls.ts'
import type { VirtualMachine } from './vm.states.ts'

/** Time beyond the guest's own grace in which the host must have ended it, ms. */
const slackMs = 60_000

/**
 * Ends the VM's guest on its host: ACPI until `graceMs`, then off. Waits through lost links with the same key; throws
 * RetryLater when the host does not come back in that time, the host's failure when it refuses.
 */
export async function endGuestOnHost(
  ctx: ServerContext,
  s: StepTokens & { readonly signal: AbortSignal },
  vm: VirtualMachine,
  hostId: number,
  graceMs: number,
): Promise<void> {
  try {
    await ctx.agents.run(
      hostId,
      'vm.stop',
      { tokens: await tokensFor(ctx, hostId, s), vm: vmToken(vm, vm.generation), graceMs },
      { deadlineMs: graceMs + slackMs, signal: s.signal },
    )
  } catch (error) {
    if (isLinkTrouble(error)) throw new RetryLater(undefined, `host ${hostId}: ${errorText(error)}`)
    if (error instanceof Error && 'code' in error && error.code === 'vm.absent') return
    if (error instanceof Error && error.name === 'AltoError') throw failureError(hostFailure(hostId, error as never))
    throw error
  }
}
