import { infrastructureFailure } from '@altostack/core'
import type { Insertable } from 'kysely'
import type { Database, Queries, Row, Tx } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type NetworkOffering = Row<'network_offerings'>
export type NetworkOfferingFilter = {
  readonly id?: number
  readonly name?: string
  readonly displayText?: string
  readonly keyword?: string
  readonly trafficType?: string
  readonly guestType?: string
  readonly availability?: string
  readonly state?: string
  readonly tags?: string
  readonly tagged?: boolean
  readonly isDefault?: boolean
  readonly specifyVlan?: boolean
  readonly specifyIpRanges?: boolean
  readonly forVpc?: boolean
  readonly services?: readonly string[]
  /** With or without the SourceNat service. */
  readonly sourceNat?: boolean
  /** Those that a domain may use, given by it and its ancestors: limited to none of them, or to no domain at all. */
  readonly reachingDomains?: readonly number[]
  readonly zoneId?: number
}

export async function listNetworkOfferingRows(
  db: Queries,
  filter: NetworkOfferingFilter,
  page: Page,
): Promise<{ count: number; rows: NetworkOffering[] }> {
  let query = db
    .selectFrom('network_offerings')
    .where('network_offerings.removed', 'is', null)
    .where('network_offerings.system_only', '=', 0)
  const exact = [
    ['network_offerings.id', filter.id],
    ['network_offerings.name', filter.name],
    ['network_offerings.display_text', filter.displayText],
    ['network_offerings.traffic_type', filter.trafficType],
    ['network_offerings.guest_type', filter.guestType],
    ['network_offerings.availability', filter.availability],
    ['network_offerings.state', filter.state],
    ['network_offerings.tags', filter.tags],
    ['network_offerings.is_default', flag(filter.isDefault)],
    ['network_offerings.specify_vlan', flag(filter.specifyVlan)],
    ['network_offerings.specify_ip_ranges', flag(filter.specifyIpRanges)],
    ['network_offerings.for_vpc', flag(filter.forVpc)],
  ] as const
  for (const [column, value] of exact) if (value !== undefined) query = query.where(column, '=', value)
  if (filter.tagged !== undefined) query = query.where('network_offerings.tags', filter.tagged ? 'is not' : 'is', null)
  if (filter.keyword !== undefined) {
    const pattern = keywordPattern(filter.keyword)
    query = query.where((eb) =>
      eb.or([eb('network_offerings.name', 'like', pattern), eb('network_offerings.display_text', 'like', pattern)]),
    )
  }
  const required = [...(filter.services ?? []), ...(filter.sourceNat === true ? ['SourceNat'] : [])]
  for (const service of required) {
    query = query.where((eb) =>
      eb(
        'network_offerings.id',
        'in',
        eb.selectFrom('ntwk_offering_service_map').select('network_offering_id').where('service', '=', service),
      ),
    )
  }
  if (filter.sourceNat === false) {
    query = query.where((eb) =>
      eb(
        'network_offerings.id',
        'not in',
        eb.selectFrom('ntwk_offering_service_map').select('network_offering_id').where('service', '=', 'SourceNat'),
      ),
    )
  }
  for (const [name, ids] of [
    ['domainid', filter.reachingDomains],
    ['zoneid', filter.zoneId === undefined ? undefined : [filter.zoneId]],
  ] as const) {
    if (ids === undefined) continue
    query = query.where((eb) => {
      const limited = eb.selectFrom('network_offering_details').select('network_offering_id').where('name', '=', name)
      return eb.or([
        eb('network_offerings.id', 'not in', limited),
        eb('network_offerings.id', 'in', limited.where('value', 'in', ['', ...ids.map(String)])),
      ])
    })
  }
  return selectPage(query, page, (filtered) =>
    filtered.selectAll('network_offerings').orderBy('network_offerings.sort_key').orderBy('network_offerings.id'),
  )
}

function flag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : value ? 1 : 0
}

export async function findNetworkOffering(db: Queries, id: number): Promise<NetworkOffering | undefined> {
  return await db
    .selectFrom('network_offerings')
    .selectAll()
    .where('id', '=', id)
    .where('removed', 'is', null)
    .executeTakeFirst()
}

export async function insertNetworkOffering(tx: Tx, row: Insertable<Database['network_offerings']>): Promise<number> {
  return Number((await tx.insertInto('network_offerings').values(row).executeTakeFirstOrThrow()).insertId)
}

export async function updateNetworkOfferingRow(
  tx: Tx,
  id: number,
  values: Partial<Omit<NetworkOffering, 'id' | 'uuid'>>,
): Promise<void> {
  await tx.updateTable('network_offerings').set(values).where('id', '=', id).execute()
}

export async function insertOfferingServices(
  tx: Tx,
  id: number,
  services: readonly { readonly service: string; readonly provider: string }[],
): Promise<void> {
  const rows = services.map((one) => ({ network_offering_id: id, ...one }))
  if (rows.length > 0) await tx.insertInto('ntwk_offering_service_map').values(rows).execute()
}

export type NetworkOfferingDetail = Row<'network_offering_details'>

/** Pairs by offering id; limits to domains and zones have a row each. */
export async function networkOfferingDetails(
  db: Queries,
  ids: readonly number[],
): Promise<Map<number, NetworkOfferingDetail[]>> {
  const details = new Map<number, NetworkOfferingDetail[]>()
  if (ids.length === 0) return details
  const rows = await db
    .selectFrom('network_offering_details')
    .selectAll()
    .where('network_offering_id', 'in', [...ids])
    .orderBy('id')
    .execute()
  for (const row of rows) details.set(row.network_offering_id, [...(details.get(row.network_offering_id) ?? []), row])
  return details
}

/** The values of one name; none takes it away. */
export async function replaceOfferingDetails(
  tx: Tx,
  id: number,
  name: string,
  values: readonly string[],
): Promise<void> {
  await tx
    .deleteFrom('network_offering_details')
    .where('network_offering_id', '=', id)
    .where('name', '=', name)
    .execute()
  const rows = values.map((value) => ({ network_offering_id: id, name, value }))
  if (rows.length > 0) await tx.insertInto('network_offering_details').values(rows).execute()
}

export async function requireFreeOfferingName(db: Queries, name: string): Promise<void> {
  const other = await db
    .selectFrom('network_offerings')
    .select('uuid')
    .where('name', '=', name)
    .where('removed', 'is', null)
    .executeTakeFirst()
  if (other === undefined) return
  throw infrastructureFailure('infrastructure.name-taken', `A network offering named ${name} exists`, {
    entities: [{ uuid: other.uuid, description: 'network offering' }],
  })
}

export async function networksOfOffering(db: Queries, id: number): Promise<{ uuid: string; name: string }[]> {
  return await db
    .selectFrom('networks')
    .select(['uuid', 'name'])
    .where('network_offering_id', '=', id)
    .where('removed', 'is', null)
    .execute()
}
