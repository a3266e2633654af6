import { formatIpv4, parseIpv4 } from '@altostack/core'
import type { Insertable } from 'kysely'
import type { ServerContext } from '../context.ts'
import type { Database, Queries, Row, Tx } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type IpRange = Row<'vlan'>
/** Rows a statement: below both dialects' limit of bound values. */
const batch = 500

export async function insertIpRange(
  tx: Tx,
  ctx: ServerContext,
  range: Insertable<Database['vlan']>,
  first: number,
  last: number,
  networkId: number,
): Promise<number> {
  const result = await tx.insertInto('vlan').values(range).executeTakeFirstOrThrow()
  const id = Number(result.insertId)
  for (let from = first; from <= last; from += batch) {
    const rows: Insertable<Database['user_ip_address']>[] = []
    for (let address = from; address <= Math.min(last, from + batch - 1); address++) {
      rows.push({
        uuid: ctx.runtime.uuid(),
        public_ip_address: formatIpv4(address),
        vlan_db_id: id,
        network_id: networkId,
        data_center_id: range.data_center_id,
        position: address,
      })
    }
    await tx.insertInto('user_ip_address').values(rows).execute()
  }
  return id
}

export async function rangesOfNetwork(db: Queries, networkId: number): Promise<IpRange[]> {
  return db
    .selectFrom('vlan')
    .selectAll()
    .where('network_id', '=', networkId)
    .where('removed', 'is', null)
    .orderBy('id')
    .execute()
}

/** First and last address of a range's text `a.b.c.d-e.f.g.h`. */
export function rangeBounds(range: Pick<IpRange, 'description'>): { first: number; last: number } {
  const [start = '', end = start] = (range.description ?? '').split('-')
  return { first: parseIpv4(start) ?? 0, last: parseIpv4(end) ?? 0 }
}

export type IpRangeFilter = {
  readonly id?: number
  readonly zoneId?: number
  readonly podId?: number
  readonly networkId?: number
  readonly physicalNetworkId?: number
  readonly accountId?: number
  readonly domainId?: number
  readonly vlan?: string
  readonly keyword?: string
  readonly forVirtualNetwork?: boolean
}

export async function listIpRangeRows(
  db: Queries,
  filter: IpRangeFilter,
  page: Page,
): Promise<{ count: number; rows: IpRange[] }> {
  let query = db.selectFrom('vlan').where('vlan.removed', 'is', null)
  const exact = [
    ['vlan.id', filter.id],
    ['vlan.data_center_id', filter.zoneId],
    ['vlan.pod_id', filter.podId],
    ['vlan.network_id', filter.networkId],
    ['vlan.physical_network_id', filter.physicalNetworkId],
    ['vlan.account_id', filter.accountId],
    ['vlan.domain_id', filter.domainId],
    ['vlan.vlan_id', filter.vlan === undefined ? undefined : vlanUri(filter.vlan)],
  ] as const
  for (const [column, value] of exact) if (value !== undefined) query = query.where(column, '=', value)
  if (filter.keyword !== undefined) query = query.where('vlan.description', 'like', keywordPattern(filter.keyword))
  if (filter.forVirtualNetwork !== undefined) {
    query = query.where('vlan.vlan_type', '=', filter.forVirtualNetwork ? 'VirtualNetwork' : 'DirectAttached')
  }
  return selectPage(query, page, (filtered) => filtered.selectAll('vlan').orderBy('vlan.id'))
}

export function vlanUri(value: string): string {
  return value.startsWith('vlan://') ? value : `vlan://${value}`
}

/** Soft-deletes the ranges of a network with their addresses; the caller has seen that none is in use. */
export async function removeRanges(tx: Tx, networkId: number, now: number): Promise<void> {
  await tx.deleteFrom('user_ip_address').where('network_id', '=', networkId).execute()
  await tx
    .updateTable('vlan')
    .set({ removed: now })
    .where('network_id', '=', networkId)
    .where('removed', 'is', null)
    .execute()
}
