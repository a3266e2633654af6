import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { loadSnapshot } from './placement.repository.ts'
import type { PlacementSnapshot } from './snapshot.ts'

/** A snapshot may be so old, ms: claims are checked again by the database, so age costs a lost race at worst. */
const FRESH_MS = 1000

type Cached = { readonly snapshot: PlacementSnapshot; readonly at: number }
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
  const snapshot = await loadSnapshot(db, ctx)
  cached.set(ctx, { snapshot, at: now })
  return { snapshot, fresh: true }
}
