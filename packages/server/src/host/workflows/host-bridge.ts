import { type AltoError, errorText, hostFailure, type Json, type Runtime } from '@altostack/core'
import { defineWorkflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { targetOf } from '../add-host.service.ts'
import { armBridge, confirmBridge, lookForBridge, restoreBridge, rollbackSeconds } from '../bridge/bridge-on-host.ts'
import type { BridgePlan } from '../bridge/bridge-plan.ts'
import { withRecruit } from '../recruit-host.ts'
import { forgetPassword } from '../recruit-secrets.ts'

export type BridgeInput = {
  readonly address: string
  readonly port: number
  readonly username: string
  readonly ticket: string | null
  readonly hostKey: string | null
  readonly nic: string
  readonly bridge: string
}
const once = { attempts: 1 }

/** Makes a bridge by the host's own configuration. The host takes it back by itself when it is lost by it. */
export const hostBridgeWorkflow = defineWorkflow<ServerContext, BridgeInput, Database>('host.bridge')
  .step('look', {
    retry: once,
    deadlineMs: 60_000,
    async do(s) {
      const { ctx, input } = s
      const { plan, addresses } = await withRecruit(ctx.runtime, await loginOf(ctx, input), ({ asRoot }) =>
        lookForBridge(asRoot, input.nic, input.bridge),
      )
      return { plan: (plan ?? null) as unknown as Json, addresses: [...addresses] }
    },
  })
  .step('arm', {
    when: (s) => s.out.look.plan !== null,
    retry: once,
    deadlineMs: 60_000,
    async do(s) {
      const plan = s.out.look.plan as unknown as BridgePlan
      await withRecruit(s.ctx.runtime, await loginOf(s.ctx, s.input), ({ asRoot }) =>
        armBridge(asRoot, plan, keyOf(s.runId)),
      )
    },
    async undo(s) {
      // The timer does it when the host is not reached.
      try {
        await withRecruit(s.ctx.runtime, await loginOf(s.ctx, s.input), ({ asRoot }) =>
          restoreBridge(asRoot, keyOf(s.runId)),
        )
      } catch (error) {
        s.ctx.log.warn({ host: s.input.address, error: errorText(error) }, 'the host takes its bridge back by itself')
      }
    },
  })
  .step('confirm', {
    when: (s) => s.out.look.plan !== null,
    retry: once,
    deadlineMs: (rollbackSeconds + 30) * 1000,
    async do(s) {
      const plan = s.out.look.plan as unknown as BridgePlan
      await confirmInTime(s.ctx, s.input, plan, s.out.look.addresses as string[], s.signal)
    },
  })
  .finally(async (_tx, s) => {
    const { ticket } = s.input
    if (ticket !== null) s.ctx.afterCommit(() => forgetPassword(s.ctx, ticket))
  })
  .build()

/** Comes in anew until the host has its bridge, as long as the host waits. */
async function confirmInTime(
  ctx: ServerContext,
  input: BridgeInput,
  plan: BridgePlan,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const ends = ctx.runtime.monotonic() + (rollbackSeconds - 3) * 1000
  let seen = 'it was not reached'
  while (ctx.runtime.monotonic() < ends) {
    await pause(ctx.runtime, signal)
    try {
      const target = { ...(await loginOf(ctx, input)), connectMs: 4000 }
      const done = await withRecruit(ctx.runtime, target, ({ asRoot }) => confirmBridge(asRoot, plan, addresses))
      if (done) return
      seen = `it is reached, and ${plan.bridge} has not the address of ${plan.nic} yet`
    } catch (error) {
      const { seen: more } = error as Partial<AltoError>
      seen = more === undefined ? errorText(error) : `${errorText(error)}: ${more}`
    }
  }
  throw hostFailure('host.bridge-lost', `The host was not reached over ${plan.bridge}; it goes back by itself`, {
    seen,
  })
}

async function pause(runtime: Runtime, signal: AbortSignal): Promise<void> {
  await runtime.sleep(1000, signal)
}

async function loginOf(ctx: ServerContext, input: BridgeInput) {
  return await targetOf(ctx, input)
}

/** Directory on the host; the same at every attempt of a run. */
function keyOf(runId: string): string {
  return runId.replace(/[^A-Za-z0-9-]/g, '')
}
