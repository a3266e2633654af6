import type { Insertable } from 'kysely'
import type { Database, Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type PhysicalNetwork = Row<'physical_network'>
export type TrafficType = Row<'physical_network_traffic_types'>

export async function insertPhysicalNetwork(
  db: Queries,
  network: Insertable<Database['physical_network']>,
): Promise<number> {
  const result = await db.insertInto('physical_network').values(network).executeTakeFirstOrThrow()
  return Number(result.insertId)
}

export async function findPhysicalNetwork(db: Queries, id: number): Promise<PhysicalNetwork | undefined> {
  return db
    .selectFrom('physical_network')
    .selectAll()
    .where('id', '=', id)
    .where('removed', 'is', null)
    .executeTakeFirst()
}

export async function physicalNetworksOfZone(db: Queries, zoneId: number): Promise<PhysicalNetwork[]> {
  return db
    .selectFrom('physical_network')
    .selectAll()
    .where('data_center_id', '=', zoneId)
    .where('removed', 'is', null)
    .orderBy('id')
    .execute()
}

export async function updatePhysicalNetworkRow(
  db: Queries,
  id: number,
  values: Partial<Omit<PhysicalNetwork, 'id' | 'uuid'>>,
): Promise<void> {
  await db.updateTable('physical_network').set(values).where('id', '=', id).execute()
}

export async function listPhysicalNetworkRows(
  db: Queries,
  filter: { readonly id?: number; readonly zoneId?: number; readonly name?: string; readonly keyword?: string },
  page: Page,
): Promise<{ count: number; rows: PhysicalNetwork[] }> {
  let query = db.selectFrom('physical_network').where('physical_network.removed', 'is', null)
  if (filter.id !== undefined) query = query.where('physical_network.id', '=', filter.id)
  if (filter.zoneId !== undefined) query = query.where('physical_network.data_center_id', '=', filter.zoneId)
  if (filter.name !== undefined) query = query.where('physical_network.name', '=', filter.name)
  if (filter.keyword !== undefined) query = query.where('physical_network.name', 'like', keywordPattern(filter.keyword))
  return selectPage(query, page, (filtered) => filtered.selectAll('physical_network').orderBy('physical_network.id'))
}

export async function insertTrafficType(
  db: Queries,
  type: Insertable<Database['physical_network_traffic_types']>,
): Promise<number> {
  const result = await db.insertInto('physical_network_traffic_types').values(type).executeTakeFirstOrThrow()
  return Number(result.insertId)
}

export async function trafficTypesOf(db: Queries, physicalNetworkId: number): Promise<TrafficType[]> {
  return db
    .selectFrom('physical_network_traffic_types')
    .selectAll()
    .where('physical_network_id', '=', physicalNetworkId)
    .orderBy('id')
    .execute()
}

/** Bridge of hosts when a traffic type has no KVM label. */
export const defaultBridge = 'cloudbr0'

/** Bridge of a traffic type of a physical network on KVM hosts; undefined: the host's default. */
export async function kvmLabelOf(
  db: Queries,
  physicalNetworkId: number,
  trafficType: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('physical_network_traffic_types')
    .select('kvm_network_label as label')
    .where('physical_network_id', '=', physicalNetworkId)
    .where('traffic_type', '=', trafficType)
    .executeTakeFirst()
  return row?.label ?? undefined
}

/** Bridge of a traffic type on KVM hosts, from the label of the zone's physical networks; undefined: the host's default. */
export async function kvmLabel(db: Queries, zoneId: number, trafficType: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('physical_network_traffic_types as type')
    .innerJoin('physical_network as network', 'network.id', 'type.physical_network_id')
    .select('type.kvm_network_label as label')
    .where('network.data_center_id', '=', zoneId)
    .where('network.removed', 'is', null)
    .where('type.traffic_type', '=', trafficType)
    .orderBy('type.id')
    .executeTakeFirst()
  return row?.label ?? undefined
}

export async function updateTrafficTypeRow(
  db: Queries,
  id: number,
  values: Partial<Omit<TrafficType, 'id' | 'uuid'>>,
): Promise<void> {
  await db.updateTable('physical_network_traffic_types').set(values).where('id', '=', id).execute()
}

export async function deleteTrafficTypeRow(db: Queries, id: number): Promise<void> {
  await db.deleteFrom('physical_network_traffic_types').where('id', '=', id).execute()
}

export type PhysicalNetworkUser = { readonly uuid: string; readonly name: string; readonly kind: string }

/** What lies on a physical network: guest networks and public address ranges. */
export async function usersOfPhysicalNetwork(db: Queries, id: number): Promise<PhysicalNetworkUser[]> {
  const networks = await db
    .selectFrom('networks')
    .select(['uuid', 'name'])
    .where('physical_network_id', '=', id)
    .where('removed', 'is', null)
    .execute()
  const ranges = await db
    .selectFrom('vlan')
    .select(['uuid', 'description'])
    .where('physical_network_id', '=', id)
    .where('network_id', 'is', null)
    .where('removed', 'is', null)
    .execute()
  return [
    ...networks.map((network) => ({ ...network, kind: 'network' })),
    ...ranges.map((range) => ({ uuid: range.uuid, name: range.description ?? '', kind: 'public address range' })),
  ]
}
