import type { ArrivedHost } from '../agents/host-listener.ts'
import type { ServerContext } from '../context.ts'

/** A host that is connected, as far as guests' networks go. */
export type ToldHost = {
  /** Digest of the protected addresses that it keeps; '' when that is not known. */
  digest: string
  /** It had guests when it came, or one was on its way since, whatever the database says of them. */
  readonly hasGuests: boolean
  /** Monotonic, ms: the last try to tell it that failed. */
  failed?: number
}
type State = { readonly hosts: Map<number, ToldHost>; readonly came: Set<number>; arrivals: number }

/** In memory, of the hosts that are connected here: after a restart their hellos say it anew. */
const states = new WeakMap<ServerContext['runtime'], State>()

function stateOf(ctx: ServerContext): State {
  const known = states.get(ctx.runtime) ?? { hosts: new Map(), came: new Set(), arrivals: 0 }
  states.set(ctx.runtime, known)
  return known
}

export function noteArrival(ctx: ServerContext, host: ArrivedHost): void {
  stateOf(ctx).hosts.set(host.id, { digest: host.protectedDigest, hasGuests: host.hasGuests })
}

/** It is Up: it hears what it needs, and the others where it is. */
export function noteUp(ctx: ServerContext, hostId: number): void {
  const state = stateOf(ctx)
  state.came.add(hostId)
  state.arrivals++
  ctx.feed.wake()
}

export function noteLoss(ctx: ServerContext, hostId: number): void {
  // The loss is told after it was saved: the host may be back by then, and what it said now counts.
  if (ctx.agents.isConnected(hostId)) return
  const state = stateOf(ctx)
  state.hosts.delete(hostId)
  state.came.delete(hostId)
}

/** How many hosts have become Up: where it differs, addresses may. */
export function arrivals(ctx: ServerContext): number {
  return stateOf(ctx).arrivals
}

/** Hosts that came and were not told yet; they count as told now. */
export function takeArrived(ctx: ServerContext, limit: number): number[] {
  const { came } = stateOf(ctx)
  const taken = [...came].slice(0, limit)
  for (const id of taken) came.delete(id)
  return taken
}

export function toldHost(ctx: ServerContext, hostId: number): ToldHost | undefined {
  return stateOf(ctx).hosts.get(hostId)
}

export function toldHosts(ctx: ServerContext): ReadonlyMap<number, ToldHost> {
  return stateOf(ctx).hosts
}

/** A guest is on its way to the host: it is one of those that hear of addresses at once. */
export function noteGuest(ctx: ServerContext, hostId: number): void {
  const { hosts } = stateOf(ctx)
  hosts.set(hostId, { digest: '', ...hosts.get(hostId), hasGuests: true })
}

/** After a call: the digest that the host has now, or undefined when it failed and nothing is sure. */
export function noteTold(ctx: ServerContext, hostId: number, digest: string | undefined): void {
  const { hosts } = stateOf(ctx)
  const { hasGuests = false } = hosts.get(hostId) ?? {}
  hosts.set(
    hostId,
    digest === undefined ? { digest: '', hasGuests, failed: ctx.runtime.monotonic() } : { digest, hasGuests },
  )
}
