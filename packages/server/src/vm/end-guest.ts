import { AltoError, errorText } from '@altostack/core'
import { RetryLater, type RunFailure } from '@altostack/workflow'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { stepTokens } from '../storage/index.ts'
import { failureError, hostFailure, isLinkTrouble, type StepTokens, vmToken } from './host-calls.ts'
import { throughLibvirtRestart } from './libvirt-away.ts'
import { requireVm, updateVmColumns } from './vm.repository.ts'
import { moveVm, type VirtualMachine } from './vm.states.ts'
import { reserveClaims } from './vm-claims.ts'

/** Time beyond the guest's own grace in which the host must have ended it, ms. */
const slackMs = 60_000

/**
 * Ends the VM's guest on its host: ACPI until `graceMs`, then off. Waits through lost links and a libvirtd that is away
 * with the same key; throws RetryLater when the host does not come back in that time, the host's failure when it refuses.
 */
export async function endGuestOnHost(
  ctx: ServerContext,
  s: StepTokens & { readonly signal: AbortSignal },
  vm: VirtualMachine,
  hostId: number,
  graceMs: number,
): Promise<void> {
  try {
    await throughLibvirtRestart(ctx, s, hostId, async () =>
      ctx.agents.run(
        hostId,
        'vm.stop',
        { tokens: await stepTokens(ctx, hostId, s), vm: vmToken(vm, vm.generation), graceMs },
        { deadlineMs: graceMs + slackMs, signal: s.signal },
      ),
    )
  } catch (error) {
    if (error instanceof RetryLater) throw error
    if (isLinkTrouble(error)) throw new RetryLater(undefined, `host ${hostId}: ${errorText(error)}`)
    if (!(error instanceof AltoError)) throw error
    if (error.code !== 'vm.absent') throw failureError(hostFailure(hostId, error))
  }
}

/**
 * For the undo of an end, which cannot be taken back: finds out whether the guest still runs and saves it as the VM's
 * power state, so that the failed run's ending tells the truth. A host that cannot be asked leaves it unknown.
 */
export async function findPower(ctx: ServerContext, vmId: number, hostId: number): Promise<void> {
  const vm = await requireVm(ctx.db, vmId)
  let power: 'PowerOn' | 'PowerOff' | 'PowerUnknown' = 'PowerUnknown'
  try {
    const { present, domain } = await ctx.agents.call(hostId, 'vm.inspect', { instanceName: vm.instance_name })
    power = present && domain?.power !== 'PowerOff' ? 'PowerOn' : 'PowerOff'
  } catch (error) {
    if (!(error instanceof AltoError)) throw error
  }
  await updateVmColumns(ctx.db, vmId, { power_state: power, power_state_update_time: ctx.runtime.now() })
}

/** The ending of a run that failed to end its guest: Running where it still runs (or cannot be asked), else Stopped. */
export async function settleFailedEnd(
  tx: Tx,
  ctx: ServerContext,
  vmId: number,
  cause: string,
  failure: RunFailure,
): Promise<void> {
  const vm = await requireVm(tx, vmId)
  if (vm.state !== 'Stopping') return
  const { code, message } = failure
  const evidence = { code, message }
  if (vm.power_state === 'PowerOff') {
    await moveVm(tx, ctx, vm, 'AgentReportStopped', {
      cause,
      evidence,
      set: { ...(await reserveClaims(tx, vm)), vnc_port: null, run_id: null },
    })
    return
  }
  await moveVm(tx, ctx, vm, 'OperationFailed', { cause, evidence, set: { run_id: null } })
}
