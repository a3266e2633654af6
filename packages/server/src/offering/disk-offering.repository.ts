import type { Updateable } from 'kysely'
import type { Database, Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type DiskOfferingFilter = {
  readonly id?: number
  readonly name?: string
  readonly keyword?: string
  readonly state?: string
  readonly localStorage?: boolean
  /** The one that a volume has already. */
  readonly exceptId?: number
  /** Zone it must be offered in. */
  readonly zoneId?: number
  /** Domains (one and those above it) it must be offered to; absent: all. */
  readonly domainIds?: readonly number[]
  /** Only those that users see. */
  readonly displayed?: true
  /** Tags of a pool: offerings whose tags it carries. */
  readonly poolTags?: readonly string[]
}

/** Data-disk offerings; those that only shape a service offering's root disk are left out. */
export async function listDiskOfferingRows(
  db: Queries,
  filter: DiskOfferingFilter,
  page: Page,
): Promise<{ count: number; rows: Row<'disk_offering'>[] }> {
  let query = db
    .selectFrom('disk_offering')
    .where('disk_offering.removed', 'is', null)
    .where('disk_offering.compute_only', '=', 0)
    .where('disk_offering.state', '=', filter.state ?? 'Active')
  if (filter.id !== undefined) query = query.where('disk_offering.id', '=', filter.id)
  if (filter.exceptId !== undefined) query = query.where('disk_offering.id', '!=', filter.exceptId)
  if (filter.name !== undefined) query = query.where('disk_offering.name', '=', filter.name)
  if (filter.localStorage !== undefined) {
    query = query.where('disk_offering.use_local_storage', '=', filter.localStorage ? 1 : 0)
  }
  if (filter.keyword !== undefined) {
    const pattern = keywordPattern(filter.keyword)
    query = query.where((eb) =>
      eb.or([eb('disk_offering.name', 'like', pattern), eb('disk_offering.display_text', 'like', pattern)]),
    )
  }
  if (filter.displayed) query = query.where('disk_offering.display_offering', '=', 1)
  for (const [name, values] of [
    ['zoneid', filter.zoneId === undefined ? undefined : [filter.zoneId]],
    ['domainid', filter.domainIds],
  ] as const) {
    if (values === undefined) continue
    query = query.where((eb) => {
      const limits = eb
        .selectFrom('disk_offering_details')
        .select('disk_offering_details.disk_offering_id')
        .where('disk_offering_details.name', '=', name)
      return eb.or([
        eb('disk_offering.id', 'not in', limits),
        eb('disk_offering.id', 'in', limits.where('disk_offering_details.value', 'in', values.map(String))),
      ])
    })
  }
  if (filter.poolTags) {
    query = query.where((eb) =>
      eb.or([
        eb('disk_offering.tags', 'is', null),
        eb('disk_offering.tags', '=', ''),
        eb('disk_offering.tags', 'in', filter.poolTags && filter.poolTags.length > 0 ? [...filter.poolTags] : ['']),
      ]),
    )
  }
  return selectPage(query, page, (filtered) =>
    filtered.selectAll('disk_offering').orderBy('disk_offering.sort_key').orderBy('disk_offering.id'),
  )
}

export async function poolTags(db: Queries, poolId: number): Promise<string[]> {
  const rows = await db.selectFrom('storage_pool_tags').select('tag').where('pool_id', '=', poolId).execute()
  return rows.map((row) => row.tag)
}

/** Details by offering id; `domainid` and `zoneid` rows limit where it is offered. */
export async function diskOfferingDetails(
  db: Queries,
  ids: readonly number[],
): Promise<ReadonlyMap<number, readonly { readonly name: string; readonly value: string }[]>> {
  const details = new Map<number, { name: string; value: string }[]>()
  if (ids.length === 0) return details
  const rows = await db
    .selectFrom('disk_offering_details')
    .selectAll()
    .where('disk_offering_id', 'in', [...ids])
    .orderBy('id')
    .execute()
  for (const row of rows) {
    const own = details.get(row.disk_offering_id) ?? []
    details.set(row.disk_offering_id, [...own, { name: row.name, value: row.value ?? '' }])
  }
  return details
}

/** Replaces the details of one name. */
export async function replaceDiskOfferingDetails(
  db: Queries,
  id: number,
  name: string,
  values: readonly string[],
): Promise<void> {
  await db.deleteFrom('disk_offering_details').where('disk_offering_id', '=', id).where('name', '=', name).execute()
  for (const value of values) {
    await db.insertInto('disk_offering_details').values({ disk_offering_id: id, name, value }).execute()
  }
}

export async function findDiskOffering(db: Queries, id: number): Promise<Row<'disk_offering'> | undefined> {
  return await db.selectFrom('disk_offering').selectAll().where('id', '=', id).executeTakeFirst()
}

/** A domain and all above it. */
export async function domainIdsAbove(db: Queries, domainId: number): Promise<readonly number[]> {
  const ids: number[] = []
  let next: number | null = domainId
  while (next !== null && ids.length < 100) {
    ids.push(next)
    const row: { parent: number | null } | undefined = await db
      .selectFrom('domain')
      .select('parent')
      .where('id', '=', next)
      .executeTakeFirst()
    next = row?.parent ?? null
  }
  return ids
}

export async function updateDiskOfferingColumns(
  db: Queries,
  id: number,
  set: Updateable<Database['disk_offering']>,
): Promise<void> {
  if (Object.keys(set).length > 0) await db.updateTable('disk_offering').set(set).where('id', '=', id).execute()
}

/** Pools that hold disks of the offering. */
export async function poolsOfDiskOffering(
  db: Queries,
  id: number,
): Promise<readonly { readonly id: number; readonly name: string }[]> {
  return await db
    .selectFrom('volumes')
    .innerJoin('storage_pool', 'storage_pool.id', 'volumes.pool_id')
    .select(['storage_pool.id', 'storage_pool.name'])
    .distinct()
    .where('volumes.disk_offering_id', '=', id)
    .where('volumes.removed', 'is', null)
    .execute()
}
