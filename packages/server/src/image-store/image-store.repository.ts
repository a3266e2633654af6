import { storageFailure } from '@altostack/core'
import type { Queries, Row } from '../db/database.ts'
import type { Page } from '../db/page.ts'
import { imagesOn } from './images-on-stores.repository.ts'

export type ImageStore = Row<'image_store'>

export async function findStore(db: Queries, id: number): Promise<ImageStore | undefined> {
  return await db.selectFrom('image_store').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function storeDetails(db: Queries, storeId: number): Promise<readonly Row<'image_store_details'>[]> {
  return await db.selectFrom('image_store_details').selectAll().where('store_id', '=', storeId).execute()
}

/** What keeps images: a store's id, or null for the server's own, which has a row like the others. */
export type StoreRef = number | null

/** Provider of the server's own store. */
export const ownProvider = 'Server'

export function isOwn(store: Pick<ImageStore, 'image_provider_name'>): boolean {
  return store.image_provider_name === ownProvider
}
export function refTo(store: Pick<ImageStore, 'id' | 'image_provider_name'>): StoreRef {
  return isOwn(store) ? null : store.id
}

export async function findOwnStore(db: Queries): Promise<ImageStore | undefined> {
  return await db
    .selectFrom('image_store')
    .selectAll()
    .where('image_provider_name', '=', ownProvider)
    .executeTakeFirst()
}

/** Bytes of the images that a store holds, deleted ones not counted. */
export async function storeBytes(db: Queries, ref: StoreRef): Promise<number> {
  const images = await imagesOn(db, ref)
  return images.reduce((sum, image) => sum + image.sizeBytes, 0)
}

/** Names of some of the images that are on a store, or on their way to it. */
export async function storeHolds(db: Queries, storeId: number): Promise<string[]> {
  return (await imagesOn(db, storeId)).slice(0, 10).map((image) => image.name)
}

/**
 * The store for a new image of the zone (null: of all zones): the one with most room, else the server's own. Throws when
 * that takes nothing new either.
 */
export async function chooseStore(db: Queries, zoneId: number | null, bytes: number): Promise<StoreRef> {
  let query = db
    .selectFrom('image_store')
    .selectAll()
    .where('removed', 'is', null)
    .where('read_only', '=', 0)
    .where('image_provider_name', '!=', ownProvider)
  query =
    zoneId === null
      ? query.where('data_center_id', 'is', null)
      : query.where((eb) => eb.or([eb('data_center_id', 'is', null), eb('data_center_id', '=', zoneId)]))
  const fits: { readonly store: ImageStore; readonly free: number }[] = []
  for (const store of await query.orderBy('id').execute()) {
    const free = await roomOn(db, store)
    if (free >= bytes) fits.push({ store, free })
  }
  const best = fits.toSorted((one, other) => other.free - one.free)[0]?.store
  if (best !== undefined) return best.id
  const own = await findOwnStore(db)
  if (own !== undefined && (own.read_only === 1 || (await roomOn(db, own)) < bytes)) {
    throw storageFailure('image-store.none', 'No image store takes the image', {
      seen: `${bytes} bytes; the stores of the zone are read-only or full, and so is the server's own`,
    })
  }
  return null
}

/** Bytes that may still come to a store. */
export async function roomOn(db: Queries, store: ImageStore): Promise<number> {
  if (store.total_size === null) return Number.MAX_SAFE_INTEGER
  return store.total_size - (await storeBytes(db, refTo(store)))
}

export type StoreFilter = {
  readonly id?: number | undefined
  readonly name?: string | undefined
  readonly protocol?: string | undefined
  readonly provider?: string | undefined
  readonly zoneId?: number | undefined
  readonly readOnly?: boolean | undefined
  readonly keyword?: string | undefined
}

export async function listStores(
  db: Queries,
  filter: StoreFilter,
  page: Page,
): Promise<{ readonly count: number; readonly stores: readonly ImageStore[] }> {
  const all = await db.selectFrom('image_store').selectAll().where('removed', 'is', null).orderBy('id').execute()
  const same = (a: string, b: string | undefined): boolean => b === undefined || a.toLowerCase() === b.toLowerCase()
  const stores = all.filter(
    (store) =>
      (filter.id === undefined || store.id === filter.id) &&
      (filter.name === undefined || store.name === filter.name) &&
      same(store.protocol, filter.protocol) &&
      same(store.image_provider_name, filter.provider) &&
      (filter.zoneId === undefined || store.data_center_id === null || store.data_center_id === filter.zoneId) &&
      (filter.readOnly === undefined || (store.read_only === 1) === filter.readOnly) &&
      store.name.toLowerCase().includes((filter.keyword ?? '').toLowerCase()),
  )
  return { count: stores.length, stores: stores.slice(page.offset, page.offset + page.limit) }
}

export async function changeStore(
  db: Queries,
  store: ImageStore,
  set: Partial<Pick<ImageStore, 'name' | 'read_only' | 'total_size' | 'removed'>>,
): Promise<ImageStore> {
  if (Object.keys(set).length > 0) await db.updateTable('image_store').set(set).where('id', '=', store.id).execute()
  return { ...store, ...set }
}
