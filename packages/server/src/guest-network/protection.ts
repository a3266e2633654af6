import { rangesDigest } from '@altostack/agent-api'
import type { ServerContext } from '../context.ts'
import { hostAddresses } from './host-state.ts'
import { arrivals, noteGuest, noteTold, toldHost } from './told-hosts.ts'

/** The addresses that no guest may reach: those of all hosts, as ranges. One list is shared by all who are told. */
export type Protection = { readonly ranges: string[]; readonly digest: string }
type Read = Protection & { readonly arrivals: number; readonly at: number }

/** Hosts that come together are looked at together. */
export const gatherMs = 1000
/** What no arrival here says: hosts that were removed, or that another server took in. */
const anewMs = 30_000
const known = new WeakMap<ServerContext['runtime'], Read>()

/** Read from the database when a host has come since, though once a second at most. */
export async function currentProtection(ctx: ServerContext): Promise<Protection> {
  const before = known.get(ctx.runtime)
  const now = ctx.runtime.monotonic()
  const came = arrivals(ctx)
  if (before !== undefined && now - before.at < (before.arrivals === came ? anewMs : gatherMs)) return before
  const ranges = await hostAddresses(ctx.db)
  const read = { ranges, digest: rangesDigest(ranges), arrivals: came, at: now }
  known.set(ctx.runtime, read)
  return read
}

/** Whether hosts have come since it was read: it is read again within `gatherMs`. */
export function isProtectionOld(ctx: ServerContext): boolean {
  return known.get(ctx.runtime)?.arrivals !== arrivals(ctx)
}

/** Whether the host keeps its guests from these addresses, as far as it said. */
export function isProtected(ctx: ServerContext, hostId: number, { digest }: Protection): boolean {
  return toldHost(ctx, hostId)?.digest === digest
}

/**
 * Before a guest, or a NIC, comes to a host: it knows what no guest may reach. Hosts without guests are told late, since
 * thousands may come at once. Rejects as a call does: then no guest may start there.
 */
export async function protectHost(ctx: ServerContext, hostId: number, signal?: AbortSignal): Promise<void> {
  // A migration takes its time until the database says where the guest is: addresses that come meanwhile count there too.
  noteGuest(ctx, hostId)
  const protection = await currentProtection(ctx)
  if (isProtected(ctx, hostId, protection)) return
  const wanted = { groups: [], networks: [], guests: [], protectedAddresses: protection.ranges, complete: false }
  await ctx.agents.call(hostId, 'network.apply', wanted, signal === undefined ? {} : { signal })
  noteTold(ctx, hostId, protection.digest)
}
