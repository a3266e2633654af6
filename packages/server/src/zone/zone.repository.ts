import type { Insertable } from 'kysely'
import { belowPath } from '../db/below-path.ts'
import type { Database, Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type Zone = Row<'data_center'>
export type ZoneFilter = {
  readonly ids?: readonly number[]
  readonly name?: string
  readonly keyword?: string
  readonly networkType?: string
  readonly domainId?: number
  /** Enabled zones only. */
  readonly available?: boolean
  /** Private zones of these domains and public ones; absent: all. */
  readonly visibleToDomains?: readonly number[]
}

export async function insertZone(db: Queries, zone: Insertable<Database['data_center']>): Promise<number> {
  const result = await db.insertInto('data_center').values(zone).executeTakeFirstOrThrow()
  return Number(result.insertId)
}

export async function findZone(db: Queries, id: number): Promise<Zone | undefined> {
  return db.selectFrom('data_center').selectAll().where('id', '=', id).where('removed', 'is', null).executeTakeFirst()
}

/** The zone of a row that names it, deleted or not. */
export async function requireZone(db: Queries, id: number): Promise<Zone> {
  return await db.selectFrom('data_center').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

export async function findZoneByName(db: Queries, name: string): Promise<Zone | undefined> {
  return db
    .selectFrom('data_center')
    .selectAll()
    .where('name', '=', name)
    .where('removed', 'is', null)
    .executeTakeFirst()
}

export async function updateZoneRow(
  db: Queries,
  id: number,
  values: Partial<Omit<Zone, 'id' | 'uuid'>>,
): Promise<void> {
  if (Object.keys(values).length === 0) return
  await db.updateTable('data_center').set(values).where('id', '=', id).execute()
}

export async function listZoneRows(
  db: Queries,
  filter: ZoneFilter,
  page: Page,
): Promise<{ count: number; rows: Zone[] }> {
  let query = db.selectFrom('data_center').where('data_center.removed', 'is', null)
  if (filter.ids) query = query.where('data_center.id', 'in', filter.ids.length > 0 ? [...filter.ids] : [-1])
  if (filter.name !== undefined) query = query.where('data_center.name', '=', filter.name)
  if (filter.networkType !== undefined) query = query.where('data_center.networktype', '=', filter.networkType)
  if (filter.domainId !== undefined) query = query.where('data_center.domain_id', '=', filter.domainId)
  if (filter.available) query = query.where('data_center.allocation_state', '=', 'Enabled')
  if (filter.keyword !== undefined) {
    const pattern = keywordPattern(filter.keyword)
    query = query.where((eb) =>
      eb.or([eb('data_center.name', 'like', pattern), eb('data_center.description', 'like', pattern)]),
    )
  }
  if (filter.visibleToDomains) {
    const domains = [...filter.visibleToDomains]
    query = query.where((eb) =>
      eb.or([
        eb('data_center.domain_id', 'is', null),
        ...(domains.length > 0 ? [eb('data_center.domain_id', 'in', domains)] : []),
      ]),
    )
  }
  return selectPage(query, page, (filtered) =>
    filtered.selectAll('data_center').orderBy('data_center.sort_key', 'desc').orderBy('data_center.id'),
  )
}

/** Names of what keeps a zone from being deleted. */
export async function zoneContents(db: Queries, zoneId: number): Promise<string[]> {
  const counts = await Promise.all([
    countLive(db, 'host_pod_ref', zoneId, 'pods'),
    countLive(db, 'host', zoneId, 'hosts'),
    countLive(db, 'vm_instance', zoneId, 'virtual machines'),
    countLive(db, 'volumes', zoneId, 'volumes'),
    countLive(db, 'storage_pool', zoneId, 'storage pools'),
    countLive(db, 'physical_network', zoneId, 'physical networks'),
    countLive(db, 'networks', zoneId, 'networks'),
  ])
  return counts.filter((text) => text !== undefined)
}

async function countLive(
  db: Queries,
  table: 'host_pod_ref' | 'host' | 'vm_instance' | 'volumes' | 'storage_pool' | 'physical_network' | 'networks',
  zoneId: number,
  words: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('data_center_id', '=', zoneId)
    .where('removed', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(row.n) > 0 ? `${row.n} ${words}` : undefined
}

export async function zoneDetails(
  db: Queries,
  zoneIds: readonly number[],
): Promise<Map<number, Record<string, string>>> {
  const details = new Map<number, Record<string, string>>()
  if (zoneIds.length === 0) return details
  const rows = await db
    .selectFrom('data_center_details')
    .selectAll()
    .where('dc_id', 'in', [...zoneIds])
    .execute()
  for (const row of rows) {
    const of = details.get(row.dc_id) ?? {}
    of[row.name] = row.value ?? ''
    details.set(row.dc_id, of)
  }
  return details
}

export async function setZoneDetail(db: Queries, zoneId: number, name: string, value: string): Promise<void> {
  await db.deleteFrom('data_center_details').where('dc_id', '=', zoneId).where('name', '=', name).execute()
  await db.insertInto('data_center_details').values({ dc_id: zoneId, name, value }).execute()
}

/** Ids of a domain and of every domain above it. */
export async function domainAncestors(db: Queries, path: string): Promise<number[]> {
  const names = path.split('/').filter((name) => name !== '')
  const paths = ['/', ...names.map((_, index) => `/${names.slice(0, index + 1).join('/')}/`)]
  const rows = await db
    .selectFrom('domain')
    .select('id')
    .where('path', 'in', paths)
    .where('removed', 'is', null)
    .execute()
  return rows.map((row) => row.id)
}

/** Ids of a domain and of those below it. */
export async function domainDescendants(db: Queries, path: string): Promise<number[]> {
  const rows = await db
    .selectFrom('domain')
    .select('id')
    .where(belowPath('path', path))
    .where('removed', 'is', null)
    .execute()
  return rows.map((row) => row.id)
}

export async function countZones(db: Queries): Promise<number> {
  const { n } = await db
    .selectFrom('data_center')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('removed', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(n)
}

export async function firstZoneId(db: Queries): Promise<number | undefined> {
  const query = db.selectFrom('data_center').select('id').where('removed', 'is', null).orderBy('id')
  return (await query.executeTakeFirst())?.id
}

/** Clusters of zones that are not removed, by the zone's id. */
export async function clustersOfZones(
  db: Queries,
  zoneIds: readonly number[],
): Promise<Map<number, { readonly enabled: boolean }[]>> {
  if (zoneIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('cluster')
    .select(['data_center_id', 'allocation_state'])
    .where('data_center_id', 'in', [...zoneIds])
    .where('removed', 'is', null)
    .execute()
  const found = new Map<number, { readonly enabled: boolean }[]>()
  for (const row of rows) {
    const own = found.get(row.data_center_id) ?? []
    found.set(row.data_center_id, [...own, { enabled: row.allocation_state === 'Enabled' }])
  }
  return found
}
