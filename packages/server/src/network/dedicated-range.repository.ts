import type { Insertable } from 'kysely'
import type { Database, Queries, Row, Tx } from '../db/database.ts'

export type DedicatedRange = Row<'account_vnet_map'>

export async function insertDedicatedRange(
  tx: Tx,
  row: Insertable<Database['account_vnet_map']>,
): Promise<DedicatedRange> {
  const { insertId } = await tx.insertInto('account_vnet_map').values(row).executeTakeFirstOrThrow()
  return await tx
    .selectFrom('account_vnet_map')
    .selectAll()
    .where('id', '=', Number(insertId))
    .executeTakeFirstOrThrow()
}

export async function deleteDedicatedRange(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom('account_vnet_map').where('id', '=', id).execute()
}

export async function dedicatedRangesOf(db: Queries, physicalNetworkId: number): Promise<DedicatedRange[]> {
  return await db
    .selectFrom('account_vnet_map')
    .selectAll()
    .where('physical_network_id', '=', physicalNetworkId)
    .orderBy('first')
    .execute()
}

export async function listDedicatedRangeRows(
  db: Queries,
  filter: {
    readonly id?: number
    readonly accountId?: number
    readonly domainId?: number
    readonly physicalNetworkId?: number
    readonly zoneId?: number
  },
): Promise<DedicatedRange[]> {
  let query = db
    .selectFrom('account_vnet_map')
    .innerJoin('physical_network', 'physical_network.id', 'account_vnet_map.physical_network_id')
    .selectAll('account_vnet_map')
  const exact = [
    ['account_vnet_map.id', filter.id],
    ['account_vnet_map.account_id', filter.accountId],
    ['account_vnet_map.domain_id', filter.domainId],
    ['account_vnet_map.physical_network_id', filter.physicalNetworkId],
    ['physical_network.data_center_id', filter.zoneId],
  ] as const
  for (const [column, value] of exact) if (value !== undefined) query = query.where(column, '=', value)
  return await query.orderBy('account_vnet_map.id').execute()
}
