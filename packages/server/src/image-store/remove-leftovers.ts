import { AltoError } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { forgetLeftover, leftovers, noteLeftover } from './leftover.repository.ts'
import { storeOf } from './store-of.ts'

/** Takes off the stores what no image needs. A store that cannot be reached keeps its for the next time. Answers how many went. */
export async function removeLeftovers(ctx: ServerContext): Promise<number> {
  let removed = 0
  const away = new Set<number>()
  for (const { store_id, object } of await leftovers(ctx.db)) {
    if (away.has(store_id)) continue
    if (await removeLeftover(ctx, store_id, object)) removed++
    else away.add(store_id)
  }
  return removed
}

/** One of them, if its store can be reached; else the duty comes back for it. */
export async function removeLeftover(ctx: ServerContext, storeId: number, object: string): Promise<boolean> {
  try {
    await (await storeOf(ctx, storeId)).remove(object)
  } catch (error) {
    if (!(error instanceof AltoError)) throw error
    await noteLeftover(ctx.db, storeId, object, error.seen ?? error.message)
    ctx.log.info({ store: storeId, object, seen: error.seen }, 'an object stays on its image store for now')
    return false
  }
  await forgetLeftover(ctx.db, storeId, object)
  return true
}
