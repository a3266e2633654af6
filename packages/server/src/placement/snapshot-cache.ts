import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { loadSnapshot } from './placement.repository.ts'
import type { HostView, PlacementSnapshot } from './snapshot.ts'

/** A snapshot may be so old, ms: claims are checked again by the database, so age costs a lost race at worst. */
const FRESH_MS = 1000

type Cached = {
  readonly snapshot: PlacementSnapshot
  /** The snapshot's own array: the cache alone changes it, between plans. */
  readonly hosts: HostView[]
  readonly positions: ReadonlyMap<number, number>
  readonly at: number
}
const cached = new WeakMap<ServerContext, Cached>()

/**
 * The snapshot that a plan begins with: one of the last second when there is one, else read through `db`. With
 * `fresh` it is always read: what a refusal says must be true now.
 */
export async function placementSnapshot(
  db: Queries,
  ctx: ServerContext,
  options: { readonly fresh?: boolean } = {},
): Promise<{ readonly snapshot: PlacementSnapshot; readonly fresh: boolean }> {
  const known = cached.get(ctx)
  const now = ctx.runtime.monotonic()
  if (options.fresh !== true && known !== undefined && now - known.at < FRESH_MS) {
    return { snapshot: known.snapshot, fresh: false }
  }
  const loaded = await loadSnapshot(db, ctx)
  const hosts = [...loaded.hosts]
  const snapshot = { ...loaded, hosts }
  const positions = new Map(hosts.map((host, index) => [host.id, index]))
  cached.set(ctx, { snapshot, hosts, positions, at: now })
  return { snapshot, fresh: true }
}

/** Tells the cached snapshot of a claim just made, so that the next plan of this second looks elsewhere. */
export function noteClaim(
  ctx: ServerContext,
  hostId: number,
  claim: { readonly cpu: number; readonly memory: number },
): void {
  const known = cached.get(ctx)
  if (known === undefined) return
  const at = known.positions.get(hostId)
  if (at === undefined) return
  const host = known.hosts[at]!
  known.hosts[at] = {
    ...host,
    cpuTaken: host.cpuTaken + claim.cpu,
    memoryTaken: host.memoryTaken + claim.memory,
    guests: host.guests + 1,
  }
}
