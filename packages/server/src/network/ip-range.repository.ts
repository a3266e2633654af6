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
  networkId: number | null,
): Promise<number> {
  const result = await tx.insertInto('vlan').values(range).executeTakeFirstOrThrow()
  const id = Number(result.insertId)
  await insertAddresses(tx, ctx, { id, data_center_id: range.data_center_id }, networkId, first, last)
  return id
}

async function insertAddresses(
  tx: Tx,
  ctx: ServerContext,
  range: { readonly id: number; readonly data_center_id: number },
  networkId: number | null,
  first: number,
  last: number,
): Promise<void> {
  for (let from = first; from <= last; from += batch) {
    const rows: Insertable<Database['user_ip_address']>[] = []
    for (let address = from; address <= Math.min(last, from + batch - 1); address++) {
      rows.push({
        uuid: ctx.runtime.uuid(),
        public_ip_address: formatIpv4(address),
        vlan_db_id: range.id,
        network_id: networkId,
        data_center_id: range.data_center_id,
        position: address,
      })
    }
    await tx.insertInto('user_ip_address').values(rows).execute()
  }
}

export async function findIpRange(db: Queries, id: number): Promise<IpRange | undefined> {
  return await db.selectFrom('vlan').selectAll().where('id', '=', id).where('removed', 'is', null).executeTakeFirst()
}

export async function addressesInUse(db: Queries, rangeId: number): Promise<string[]> {
  const rows = await db
    .selectFrom('user_ip_address')
    .select('public_ip_address')
    .where('vlan_db_id', '=', rangeId)
    .where('state', '!=', 'Free')
    .orderBy('position')
    .execute()
  return rows.map((row) => row.public_ip_address)
}

/** Gives the range new ends, gateway and netmask; addresses that stay keep their rows. The caller has checked them. */
export async function changeIpRange(
  tx: Tx,
  ctx: ServerContext,
  range: IpRange,
  to: {
    readonly first: number
    readonly last: number
    readonly gateway: string
    readonly netmask: string
    readonly text: string
  },
): Promise<void> {
  const { first, last } = rangeBounds(range)
  await tx
    .deleteFrom('user_ip_address')
    .where('vlan_db_id', '=', range.id)
    .where('state', '=', 'Free')
    .where((eb) => eb.or([eb('position', '<', to.first), eb('position', '>', to.last)]))
    .execute()
  if (to.last < first || to.first > last) await insertAddresses(tx, ctx, range, range.network_id, to.first, to.last)
  else {
    await insertAddresses(tx, ctx, range, range.network_id, to.first, first - 1)
    await insertAddresses(tx, ctx, range, range.network_id, last + 1, to.last)
  }
  await tx
    .updateTable('vlan')
    .set({ description: to.text, vlan_gateway: to.gateway, vlan_netmask: to.netmask })
    .where('id', '=', range.id)
    .execute()
}

export async function removeRange(tx: Tx, id: number, now: number): Promise<void> {
  await tx.deleteFrom('user_ip_address').where('vlan_db_id', '=', id).execute()
  await tx.updateTable('vlan').set({ removed: now }).where('id', '=', id).execute()
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

/** Ranges of a zone that belong to no network. */
export async function publicRangesOfZone(db: Queries, zoneId: number): Promise<IpRange[]> {
  return db
    .selectFrom('vlan')
    .selectAll()
    .where('data_center_id', '=', zoneId)
    .where('vlan_type', '=', 'VirtualNetwork')
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
  ] as const
  for (const [column, value] of exact) if (value !== undefined) query = query.where(column, '=', value)
  if (filter.vlan !== undefined) {
    const { vlan } = filter
    query = query.where('vlan.vlan_id', 'in', vlan.includes('://') ? [vlan] : [`vlan://${vlan}`, `vxlan://${vlan}`])
  }
  if (filter.keyword !== undefined) query = query.where('vlan.description', 'like', keywordPattern(filter.keyword))
  if (filter.forVirtualNetwork !== undefined) {
    query = query.where('vlan.vlan_type', '=', filter.forVirtualNetwork ? 'VirtualNetwork' : 'DirectAttached')
  }
  return selectPage(query, page, (filtered) => filtered.selectAll('vlan').orderBy('vlan.id'))
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
