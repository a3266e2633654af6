import type { Queries, Row } from '../db/database.ts'
import type { Page } from '../db/page.ts'

export type ImageStore = Row<'image_store'>

export async function findStore(db: Queries, id: number): Promise<ImageStore | undefined> {
  return await db.selectFrom('image_store').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function storeDetails(db: Queries, storeId: number): Promise<readonly Row<'image_store_details'>[]> {
  return await db.selectFrom('image_store_details').selectAll().where('store_id', '=', storeId).execute()
}

/** Bytes of the images that a store holds. */
export async function storeBytes(db: Queries, storeId: number): Promise<number> {
  const { bytes } = await db
    .selectFrom('template_store_ref')
    .innerJoin('vm_template', 'vm_template.id', 'template_store_ref.template_id')
    .select((eb) => eb.fn.sum<number | null>('template_store_ref.physical_size').as('bytes'))
    .where('template_store_ref.store_id', '=', storeId)
    .where('vm_template.removed', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(bytes ?? 0)
}

/** Whether anything, a deleted template's file too, may still be there. */
export async function storeHolds(db: Queries, storeId: number): Promise<string[]> {
  const rows = await db
    .selectFrom('template_store_ref')
    .innerJoin('vm_template', 'vm_template.id', 'template_store_ref.template_id')
    .select('vm_template.name')
    .where('template_store_ref.store_id', '=', storeId)
    .where('vm_template.removed', 'is', null)
    .limit(10)
    .execute()
  return rows.map((row) => row.name)
}

/** The store for a new image of the zones: the one with most room, or undefined for the server's own. */
export async function storeForZone(db: Queries, zoneId: number | null, bytes: number): Promise<ImageStore | undefined> {
  let query = db.selectFrom('image_store').selectAll().where('removed', 'is', null).where('read_only', '=', 0)
  query =
    zoneId === null
      ? query.where('data_center_id', 'is', null)
      : query.where((eb) => eb.or([eb('data_center_id', 'is', null), eb('data_center_id', '=', zoneId)]))
  const fits: { readonly store: ImageStore; readonly free: number }[] = []
  for (const store of await query.orderBy('id').execute()) {
    const free = (store.total_size ?? Number.MAX_SAFE_INTEGER) - (await storeBytes(db, store.id))
    if (free >= bytes) fits.push({ store, free })
  }
  return fits.toSorted((a, b) => b.free - a.free)[0]?.store
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
