import { infrastructureFailure, parseIpv4 } from '@altostack/core'
import type { Insertable } from 'kysely'
import type { Database, Queries, Row, Tx } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'
import { largestId } from './broadcast-uri.ts'
import { type AddressRange, addressRange, type RangeRequest } from './network.service.ts'

export type StorageRange = Row<'dc_storage_network_ip_range'>
const table = 'dc_storage_network_ip_range'

export async function insertStorageRange(tx: Tx, row: Insertable<Database[typeof table]>): Promise<StorageRange> {
  const { insertId } = await tx.insertInto(table).values(row).executeTakeFirstOrThrow()
  return await storageRange(tx, Number(insertId))
}

export async function updateStorageRange(
  tx: Tx,
  id: number,
  values: Partial<Omit<StorageRange, 'id' | 'uuid'>>,
): Promise<StorageRange> {
  await tx.updateTable(table).set(values).where('id', '=', id).execute()
  return await storageRange(tx, id)
}

async function storageRange(db: Queries, id: number): Promise<StorageRange> {
  return await db.selectFrom(table).selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

export async function deleteStorageRange(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom(table).where('id', '=', id).execute()
}

export async function listStorageRangeRows(
  db: Queries,
  filter: { readonly id?: number; readonly podId?: number; readonly zoneId?: number; readonly keyword?: string },
  page: Page,
): Promise<{ count: number; rows: StorageRange[] }> {
  let query = db.selectFrom(table)
  if (filter.id !== undefined) query = query.where(`${table}.id`, '=', filter.id)
  if (filter.podId !== undefined) query = query.where(`${table}.pod_id`, '=', filter.podId)
  if (filter.zoneId !== undefined) query = query.where(`${table}.data_center_id`, '=', filter.zoneId)
  if (filter.keyword !== undefined) query = query.where(`${table}.start_ip`, 'like', keywordPattern(filter.keyword))
  return selectPage(query, page, (filtered) => filtered.selectAll(table).orderBy(`${table}.id`))
}

/** Checks the addresses against each other and against the pod's other storage ranges. */
export async function requireStorageRange(
  db: Queries,
  pod: Row<'host_pod_ref'>,
  request: RangeRequest,
  exceptId?: number,
): Promise<AddressRange> {
  const range = addressRange(request)
  const others = await db.selectFrom(table).selectAll().where('pod_id', '=', pod.id).execute()
  for (const other of others) {
    if (other.id === exceptId) continue
    const first = parseIpv4(other.start_ip) ?? 0
    const last = parseIpv4(other.end_ip) ?? 0
    if (range.first <= last && range.last >= first) {
      throw infrastructureFailure(
        'network.range-overlap',
        `${range.text} overlaps the storage addresses ${other.start_ip}-${other.end_ip} of pod ${pod.name}`,
        { entities: [{ uuid: other.uuid, description: 'storage network range' }] },
      )
    }
  }
  return range
}

export function requireStorageVlan(vlan: number): number {
  if (vlan >= 1 && vlan <= largestId.VLAN) return vlan
  throw infrastructureFailure('network.vlan', `vlan is 1 to ${largestId.VLAN}, not ${vlan}`, { seen: String(vlan) })
}
