import type { Insertable, Updateable } from 'kysely'
import type { Database, Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type ServiceOffering = Row<'service_offering'>
export type DiskOffering = Row<'disk_offering'>

export async function insertDiskOffering(db: Queries, row: Insertable<Database['disk_offering']>): Promise<number> {
  return Number((await db.insertInto('disk_offering').values(row).executeTakeFirstOrThrow()).insertId)
}

export async function insertServiceOffering(
  db: Queries,
  row: Insertable<Database['service_offering']>,
): Promise<number> {
  return Number((await db.insertInto('service_offering').values(row).executeTakeFirstOrThrow()).insertId)
}

export async function findServiceOffering(db: Queries, id: number): Promise<ServiceOffering | undefined> {
  return db
    .selectFrom('service_offering')
    .selectAll()
    .where('id', '=', id)
    .where('removed', 'is', null)
    .executeTakeFirst()
}

/** Details by offering id; `domainid` and `zoneid` rows limit where it is offered. */
export async function serviceOfferingDetails(
  db: Queries,
  ids: readonly number[],
): Promise<Map<number, { name: string; value: string }[]>> {
  const details = new Map<number, { name: string; value: string }[]>()
  if (ids.length === 0) return details
  const rows = await db
    .selectFrom('service_offering_details')
    .selectAll()
    .where('service_offering_id', 'in', [...ids])
    .orderBy('id')
    .execute()
  for (const row of rows) {
    const entry = { name: row.name, value: row.value ?? '' }
    details.set(row.service_offering_id, [...(details.get(row.service_offering_id) ?? []), entry])
  }
  return details
}

export async function updateServiceOfferingColumns(
  db: Queries,
  id: number,
  set: Updateable<Database['service_offering']>,
): Promise<void> {
  if (Object.keys(set).length === 0) return
  await db.updateTable('service_offering').set(set).where('id', '=', id).execute()
}

export async function replaceServiceOfferingDetails(
  db: Queries,
  id: number,
  name: string,
  values: readonly string[],
): Promise<void> {
  await db
    .deleteFrom('service_offering_details')
    .where('service_offering_id', '=', id)
    .where('name', '=', name)
    .execute()
  for (const value of values) await insertServiceOfferingDetail(db, id, name, value)
}

/** Pools with root disks of virtual machines of this offering. */
export async function poolsOfServiceOffering(db: Queries, id: number): Promise<{ id: number; name: string }[]> {
  return await db
    .selectFrom('storage_pool')
    .innerJoin('volumes', 'volumes.pool_id', 'storage_pool.id')
    .innerJoin('vm_instance', 'vm_instance.id', 'volumes.instance_id')
    .select(['storage_pool.id', 'storage_pool.name'])
    .distinct()
    .where('vm_instance.service_offering_id', '=', id)
    .where('vm_instance.removed', 'is', null)
    .where('volumes.volume_type', '=', 'ROOT')
    .where('volumes.removed', 'is', null)
    .execute()
}

export async function insertServiceOfferingDetail(db: Queries, id: number, name: string, value: string): Promise<void> {
  await db.insertInto('service_offering_details').values({ service_offering_id: id, name, value }).execute()
}

export type ServiceOfferingFilter = {
  readonly id?: number
  readonly name?: string
  readonly keyword?: string
  readonly system: boolean
  readonly vmType?: string
  readonly state?: string
  /** At least this many cores, MiB and MHz; customised offerings pass. */
  readonly cpu?: number
  readonly memory?: number
  readonly speed?: number
  readonly localStorage?: boolean
  /** Zone it must be offered in. */
  readonly zoneId?: number
  /** Domains (the caller's and above) it must be offered to; absent: all. */
  readonly domainIds?: readonly number[]
  /** Bytes that the root disk must hold; offerings that leave its size to the template pass. */
  readonly rootBytes?: number
  /** Offering of this VM and those it could change to: not the same one. */
  readonly exceptId?: number
}

export async function listServiceOfferingRows(
  db: Queries,
  filter: ServiceOfferingFilter,
  page: Page,
): Promise<{ count: number; rows: ServiceOffering[] }> {
  let query = db
    .selectFrom('service_offering')
    .where('service_offering.removed', 'is', null)
    .where('service_offering.system_use', '=', filter.system ? 1 : 0)
    .where('service_offering.state', '=', filter.state ?? 'Active')
  if (filter.id !== undefined) query = query.where('service_offering.id', '=', filter.id)
  if (filter.exceptId !== undefined) query = query.where('service_offering.id', '!=', filter.exceptId)
  if (filter.name !== undefined) query = query.where('service_offering.name', '=', filter.name)
  if (filter.vmType !== undefined) query = query.where('service_offering.vm_type', '=', filter.vmType)
  if (filter.keyword !== undefined) {
    const pattern = keywordPattern(filter.keyword)
    query = query.where((eb) =>
      eb.or([eb('service_offering.name', 'like', pattern), eb('service_offering.display_text', 'like', pattern)]),
    )
  }
  for (const [column, value] of [
    ['service_offering.cpu', filter.cpu],
    ['service_offering.ram_size', filter.memory],
    ['service_offering.speed', filter.speed],
  ] as const) {
    if (value !== undefined) query = query.where((eb) => eb.or([eb(column, '>=', value), eb(column, 'is', null)]))
  }
  if (filter.localStorage !== undefined) {
    query = query.where((eb) =>
      eb(
        'service_offering.disk_offering_id',
        'in',
        eb
          .selectFrom('disk_offering')
          .select('disk_offering.id')
          .where('use_local_storage', '=', filter.localStorage ? 1 : 0),
      ),
    )
  }
  if (filter.rootBytes !== undefined) {
    const { rootBytes } = filter
    query = query.where((eb) =>
      eb(
        'service_offering.disk_offering_id',
        'in',
        eb
          .selectFrom('disk_offering')
          .select('disk_offering.id')
          .where((disk) => disk.or([disk('disk_size', '=', 0), disk('disk_size', '>=', rootBytes)])),
      ),
    )
  }
  if (filter.zoneId !== undefined) query = limitedTo(query, 'zoneid', [String(filter.zoneId)])
  if (filter.domainIds) query = limitedTo(query, 'domainid', filter.domainIds.map(String))
  return selectPage(query, page, (filtered) =>
    filtered.selectAll('service_offering').orderBy('service_offering.sort_key').orderBy('service_offering.id'),
  )
}

type OfferingQuery = ReturnType<typeof plainQuery>
function plainQuery(db: Queries) {
  return db.selectFrom('service_offering').where('service_offering.removed', 'is', null)
}

/** Offerings without a row of this detail, or with one of the values. */
function limitedTo(query: OfferingQuery, detail: string, values: readonly string[]): OfferingQuery {
  return query.where((eb) => {
    const rows = eb
      .selectFrom('service_offering_details')
      .select('service_offering_details.service_offering_id')
      .where('service_offering_details.name', '=', detail)
    return eb.or([
      eb('service_offering.id', 'not in', rows),
      eb('service_offering.id', 'in', rows.where('service_offering_details.value', 'in', [...values, ''])),
    ])
  })
}

export async function domainPathOfAccount(db: Queries, accountId: number): Promise<string> {
  const row = await db
    .selectFrom('account')
    .innerJoin('domain', 'domain.id', 'account.domain_id')
    .select('domain.path')
    .where('account.id', '=', accountId)
    .executeTakeFirstOrThrow()
  return row.path
}

/** Size of the disk in a template's image; 0 until it has been fetched. */
export async function templateBytes(db: Queries, templateId: number): Promise<number> {
  const row = await db
    .selectFrom('template_store_ref')
    .select('size')
    .where('template_id', '=', templateId)
    .executeTakeFirst()
  return row?.size ?? 0
}
