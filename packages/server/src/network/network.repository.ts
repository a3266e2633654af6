import type { Insertable } from 'kysely'
import type { OwnershipScope } from '../command/handler.ts'
import { belowPath } from '../db/below-path.ts'
import type { Database, Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'
import { carriesTag, type TagPair } from '../tag/index.ts'

export type Network = Row<'networks'>
export type NetworkFilter = {
  readonly id?: number
  readonly zoneId?: number
  readonly physicalNetworkId?: number
  readonly networkOfferingId?: number
  readonly name?: string
  readonly keyword?: string
  readonly tags?: readonly TagPair[]
  readonly guestType?: string
  readonly trafficType?: string
  readonly aclType?: string
  readonly vlan?: string
  readonly restartRequired?: boolean
  readonly specifyIpRanges?: boolean
  readonly display?: boolean
  readonly system?: boolean
  /** Services that the network's offering must all provide. */
  readonly services?: readonly string[]
  /** `account`: of the account alone; `domain`: domain-wide ones; `all`: both, as the caller may see them. */
  readonly reach: 'all' | 'account' | 'domain'
  readonly scope: OwnershipScope
  /** Domain and its ancestors: domain-wide networks of these reach the caller. */
  readonly reachingDomains: readonly number[]
  readonly domainId: number
}

export async function insertNetwork(db: Queries, network: Insertable<Database['networks']>): Promise<number> {
  const result = await db.insertInto('networks').values(network).executeTakeFirstOrThrow()
  return Number(result.insertId)
}

export async function updateNetworkRow(
  db: Queries,
  id: number,
  values: Partial<Omit<Network, 'id' | 'uuid' | 'state' | 'update_count'>>,
): Promise<void> {
  if (Object.keys(values).length > 0) await db.updateTable('networks').set(values).where('id', '=', id).execute()
}

export async function findNetwork(db: Queries, id: number): Promise<Network | undefined> {
  return db.selectFrom('networks').selectAll().where('id', '=', id).where('removed', 'is', null).executeTakeFirst()
}

export async function listNetworkRows(
  db: Queries,
  filter: NetworkFilter,
  page: Page,
): Promise<{ count: number; rows: Network[] }> {
  let query = db.selectFrom('networks').where('networks.removed', 'is', null)
  const exact = [
    ['networks.id', filter.id],
    ['networks.data_center_id', filter.zoneId],
    ['networks.physical_network_id', filter.physicalNetworkId],
    ['networks.network_offering_id', filter.networkOfferingId],
    ['networks.name', filter.name],
    ['networks.guest_type', filter.guestType],
    ['networks.traffic_type', filter.trafficType],
    ['networks.acl_type', filter.aclType],
    ['networks.restart_required', flag(filter.restartRequired)],
    ['networks.specify_ip_ranges', flag(filter.specifyIpRanges)],
    ['networks.display_network', flag(filter.display)],
  ] as const
  for (const [column, value] of exact) if (value !== undefined) query = query.where(column, '=', value)
  if (filter.tags !== undefined) query = query.where(carriesTag('networks.uuid', filter.tags))
  if (filter.vlan !== undefined) {
    const { vlan } = filter
    const uris = vlan.includes('://') ? [vlan] : [`vlan://${vlan}`, `vxlan://${vlan}`]
    query = query.where('networks.broadcast_uri', 'in', uris)
  }
  if (filter.system !== undefined) {
    query = query.where('networks.traffic_type', filter.system ? '!=' : '=', 'Guest')
  }
  if (filter.keyword !== undefined) {
    const pattern = keywordPattern(filter.keyword)
    query = query.where((eb) =>
      eb.or([eb('networks.name', 'like', pattern), eb('networks.display_text', 'like', pattern)]),
    )
  }
  for (const service of filter.services ?? []) {
    query = query.where((eb) =>
      eb(
        'networks.network_offering_id',
        'in',
        eb.selectFrom('ntwk_offering_service_map').select('network_offering_id').where('service', '=', service),
      ),
    )
  }
  const { scope } = filter
  query = query.where((eb) => {
    const own =
      scope.kind === 'all'
        ? eb('networks.id', '>', 0)
        : scope.kind === 'account'
          ? eb('networks.account_id', '=', scope.accountId)
          : eb(
              'networks.domain_id',
              'in',
              scope.recursive
                ? eb.selectFrom('domain').select('domain.id').where(belowPath('domain.path', scope.path))
                : eb.selectFrom('domain').select('domain.id').where('domain.id', '=', scope.domainId),
            )
    const domainWide = eb.and([
      eb('networks.acl_type', '=', 'Domain'),
      eb('networks.domain_id', 'in', filter.reachingDomains.length > 0 ? [...filter.reachingDomains] : [-1]),
      eb.or([eb('networks.subdomain_access', '=', 1), eb('networks.domain_id', '=', filter.domainId)]),
    ])
    if (filter.reach === 'account') return eb.and([eb('networks.acl_type', '=', 'Account'), own])
    if (filter.reach === 'domain') return eb.and([eb('networks.acl_type', '=', 'Domain'), eb.or([own, domainWide])])
    return scope.kind === 'all' ? own : eb.or([own, domainWide])
  })
  return selectPage(query, page, (filtered) => filtered.selectAll('networks').orderBy('networks.id'))
}

function flag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : value ? 1 : 0
}

/** Services of offerings with their providers, by offering id. */
export async function offeringServices(
  db: Queries,
  offeringIds: readonly number[],
): Promise<Map<number, { service: string; provider: string | null }[]>> {
  const services = new Map<number, { service: string; provider: string | null }[]>()
  if (offeringIds.length === 0) return services
  const rows = await db
    .selectFrom('ntwk_offering_service_map')
    .selectAll()
    .where('network_offering_id', 'in', [...new Set(offeringIds)])
    .orderBy('id')
    .execute()
  for (const row of rows) services.set(row.network_offering_id, [...(services.get(row.network_offering_id) ?? []), row])
  return services
}

/** Virtual machines (not yet expunged) with a NIC on the network. */
export async function usersOfNetwork(db: Queries, networkId: number): Promise<{ uuid: string; name: string }[]> {
  return db
    .selectFrom('nics')
    .innerJoin('vm_instance', 'vm_instance.id', 'nics.instance_id')
    .select(['vm_instance.uuid', 'vm_instance.name'])
    .where('nics.network_id', '=', networkId)
    .where('nics.removed', 'is', null)
    .where('vm_instance.removed', 'is', null)
    .execute()
}

/** Hosts with guests on the network, by id. */
export async function hostsOfNetwork(db: Queries, networkId: number): Promise<{ id: number; name: string }[]> {
  return await db
    .selectFrom('host')
    .innerJoin('vm_instance', 'vm_instance.host_id', 'host.id')
    .innerJoin('nics', 'nics.instance_id', 'vm_instance.id')
    .select(['host.id', 'host.name'])
    .distinct()
    .where('nics.network_id', '=', networkId)
    .where('nics.removed', 'is', null)
    .where('vm_instance.removed', 'is', null)
    .orderBy('host.id')
    .execute()
}
