import { type AltoError, errorText, hostFailure, type Json } from '@altostack/core'
import type { ServerContext } from '../../context.ts'
import { targetOf } from '../add-host.service.ts'
import { withRecruit } from '../recruit-host.ts'
import type { RootExec } from '../remote-root.ts'
import { armBridge, confirmBridge, lookForBridge, restoreBridge } from './bridge-on-host.ts'
import type { BridgePlan } from './bridge-plan.ts'

/** A bridge to make, and who logs in where. JSON, without the password. */
export type BridgeInput = {
  readonly address: string
  readonly port: number
  readonly username: string
  readonly ticket: string | null
  readonly hostKey: string | null
  readonly nic: string
  readonly bridge: string
  /** After this without the server the host goes back by itself. */
  readonly rollbackSeconds: number
}
/** What the look answers; a plan of null: the bridge is there. */
export type BridgeLook = { readonly plan: Json; readonly addresses: string[] }

export async function lookForBridgeAt(ctx: ServerContext, input: BridgeInput): Promise<BridgeLook> {
  const { plan, addresses } = await onHost(ctx, input, (asRoot) => lookForBridge(asRoot, input.nic, input.bridge))
  return { plan: (plan ?? null) as unknown as Json, addresses: [...addresses] }
}

export async function armBridgeAt(
  ctx: ServerContext,
  input: BridgeInput,
  look: BridgeLook,
  runId: string,
): Promise<void> {
  const plan = look.plan as unknown as BridgePlan
  await onHost(ctx, input, (asRoot) => armBridge(asRoot, plan, keyOf(runId), input.rollbackSeconds))
}

/** Now instead of by the timer, which does it when the host is not reached. */
export async function takeBridgeBack(ctx: ServerContext, input: BridgeInput, runId: string): Promise<void> {
  try {
    await onHost(ctx, input, (asRoot) => restoreBridge(asRoot, keyOf(runId)), { connectMs: 4000 })
  } catch (error) {
    ctx.log.warn({ host: input.address, error: errorText(error) }, 'the host takes its bridge back by itself')
  }
}

/** Comes in anew until the host has its bridge, as long as the host waits. */
export async function confirmBridgeAt(
  ctx: ServerContext,
  input: BridgeInput,
  look: BridgeLook,
  signal: AbortSignal,
): Promise<void> {
  const plan = look.plan as unknown as BridgePlan
  const ends = ctx.runtime.monotonic() + (input.rollbackSeconds - 3) * 1000
  let seen = 'it was not reached'
  while (ctx.runtime.monotonic() < ends) {
    await ctx.runtime.sleep(1000, signal)
    try {
      const confirm = (asRoot: RootExec): Promise<boolean> => confirmBridge(asRoot, plan, look.addresses)
      const done = await onHost(ctx, input, confirm, { connectMs: 4000 })
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

async function onHost<R>(
  ctx: ServerContext,
  input: BridgeInput,
  body: (asRoot: RootExec) => Promise<R>,
  options: { readonly connectMs?: number } = {},
): Promise<R> {
  const target = { ...(await targetOf(ctx, input)), ...options }
  return await (ctx.recruit ?? withRecruit)(ctx.runtime, target, ({ asRoot }) => body(asRoot))
}

/** Directory on the host; the same at every attempt of a run. */
function keyOf(runId: string): string {
  return runId.replace(/[^A-Za-z0-9-]/g, '')
}
