import { storageFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { type ImageStore, refTo, roomOn, storeBytes } from './image-store.repository.ts'
import { type ImageRow, imagesOn, zonesOfImage } from './images-on-stores.repository.ts'
import type { ImageStoreMigrateInput } from './workflows/image-store-migrate.ts'

type Move = ImageStoreMigrateInput['moves'][number]
type Target = { readonly store: ImageStore; used: number; room: number }

/** Which images of a store go where: all, or the largest first until the stores are filled alike. Throws 431. */
export async function planMoves(
  db: Queries,
  ctx: ServerContext,
  from: ImageStore,
  stores: readonly ImageStore[],
  type: 'complete' | 'balance',
): Promise<Move[]> {
  const targets: Target[] = []
  for (const store of new Map(stores.map((one) => [one.id, one])).values()) {
    if (store.id === from.id) throw fail(`${from.name} is both the source and a destination`)
    if (store.read_only === 1) throw fail(`Image store ${store.name} is read-only`)
    targets.push({ store, used: await storeBytes(db, refTo(store)), room: await roomOn(db, store) })
  }
  if (targets.length === 0) throw fail('Name the image stores that they go to')
  const images = (await imagesOn(db, refTo(from))).filter((image) => image.path !== null)
  const limit = await ctx.config.number('image.store.imbalance.threshold', {}, db)
  let left = images.reduce((sum, image) => sum + image.sizeBytes, 0)
  const moves: Move[] = []
  for (const image of images.toSorted((one, other) => other.sizeBytes - one.sizeBytes)) {
    if (type === 'balance' && imbalance(from, left, targets) <= limit) break
    const target = await targetFor(db, image, targets)
    if (target === undefined) {
      if (type === 'balance') continue
      throw fail(
        `No destination takes ${image.kind} ${image.name}`,
        `${image.sizeBytes} bytes; room and zones were asked`,
      )
    }
    // What would only turn the scales stays.
    const after = Math.abs(left - image.sizeBytes - (target.used + image.sizeBytes))
    if (type === 'balance' && after >= left - target.used) continue
    left -= image.sizeBytes
    target.used += image.sizeBytes
    target.room -= image.sizeBytes
    moves.push({ kind: image.kind, id: image.id, name: image.name, fromRowId: from.id, toRowId: target.store.id })
  }
  return moves
}

/** The emptiest that has room and serves a zone of the image. */
async function targetFor(db: Queries, image: ImageRow, targets: readonly Target[]): Promise<Target | undefined> {
  const zones = await zonesOfImage(db, image.kind, image.id)
  return targets
    .filter(({ store }) => store.data_center_id === null || zones.length === 0 || zones.includes(store.data_center_id))
    .filter(({ room }) => room >= image.sizeBytes)
    .toSorted((one, other) => one.used - other.used)[0]
}

/** Standard deviation of the fillings over their mean: 0 when they are alike. A share of its capacity where each has one. */
export function imbalance(from: ImageStore, left: number, targets: readonly Target[]): number {
  const all = [{ store: from, used: left }, ...targets]
  const bounded = all.every(({ store }) => store.total_size !== null)
  const fillings = all.map(({ store, used }) => (bounded ? used / (store.total_size ?? 1) : used))
  const mean = fillings.reduce((sum, one) => sum + one, 0) / fillings.length
  if (mean === 0) return 0
  const variance = fillings.reduce((sum, one) => sum + (one - mean) ** 2, 0) / fillings.length
  return Math.sqrt(variance) / mean
}

function fail(text: string, seen?: string): Error {
  return storageFailure('image-store.move', text, seen === undefined ? {} : { seen })
}
