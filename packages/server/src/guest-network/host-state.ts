import {
  type SecurityGroup as GroupState,
  mergeAddresses,
  type NetworkNames,
  type Params,
  type SecurityRule,
} from '@altostack/agent-api'
import type { Queries, Row } from '../db/database.ts'
import { protocolNumbers } from '../security-group/security-rule.ts'
import { guestNetworkVersion } from './work.repository.ts'

export type Wanted = Params<'network.apply'>

/** Ids a query names at once: below both dialects' limit of bound values. */
const slice = 500

/** Security groups as hosts keep them: rules, and members by network. Groups that are gone are left out. */
export async function groupStates(db: Queries, groupIds: Iterable<number>): Promise<GroupState[]> {
  const ids = [...new Set(groupIds)]
  if (ids.length === 0) return []
  const version = await guestNetworkVersion(db)
  const states: GroupState[] = []
  for (let from = 0; from < ids.length; from += slice) {
    const part = ids.slice(from, from + slice)
    const groups = await db.selectFrom('security_group').select(['id', 'uuid']).where('id', 'in', part).execute()
    const rules = await db
      .selectFrom('security_group_rule')
      .leftJoin('security_group', 'security_group.id', 'security_group_rule.allowed_network_id')
      .selectAll('security_group_rule')
      .select('security_group.uuid as remote')
      .where('security_group_id', 'in', part)
      .orderBy('security_group_rule.id')
      .execute()
    const members = await groupMembers(db, part)
    for (const { id, uuid } of groups) {
      const own = rules.filter((rule) => rule.security_group_id === id)
      const side = (type: string): SecurityRule[] =>
        own.flatMap((rule) => (rule.type === type ? (ruleState(rule, rule.remote) ?? []) : []))
      states.push({
        uuid,
        version,
        ingress: side('ingress'),
        egress: side('egress'),
        members: [...(members.get(id) ?? new Map<string, string[]>())].map(([networkUuid, addresses]) => ({
          networkUuid,
          addresses: addresses.toSorted(),
        })),
      })
    }
  }
  return states
}

/** Addresses of a group's machines, running or not: a stopped one's belong to nobody else. By group and network. */
async function groupMembers(db: Queries, ids: readonly number[]): Promise<Map<number, Map<string, string[]>>> {
  const members = new Map<number, Map<string, string[]>>()
  const add = (group: number, network: string, address: string | null): void => {
    if (address === null) return
    const of = members.get(group) ?? new Map<string, string[]>()
    members.set(group, of)
    of.set(network, [...(of.get(network) ?? []), address])
  }
  const nics = await db
    .selectFrom('security_group_vm_map')
    .innerJoin('nics', 'nics.instance_id', 'security_group_vm_map.instance_id')
    .innerJoin('networks', 'networks.id', 'nics.network_id')
    .select(['security_group_vm_map.security_group_id as groupId', 'nics.id', 'nics.ip4_address', 'networks.uuid'])
    .where('security_group_vm_map.security_group_id', 'in', [...ids])
    .where('nics.removed', 'is', null)
    .execute()
  for (const nic of nics) add(nic.groupId, nic.uuid, nic.ip4_address)
  const secondary = await secondaryAddresses(
    db,
    nics.map((nic) => nic.id),
  )
  for (const nic of nics) for (const address of secondary.get(nic.id) ?? []) add(nic.groupId, nic.uuid, address)
  return members
}

/** Further addresses of NICs. */
export async function secondaryAddresses(db: Queries, nicIds: readonly number[]): Promise<Map<number, string[]>> {
  const found = new Map<number, string[]>()
  for (let from = 0; from < nicIds.length; from += slice) {
    const rows = await db
      .selectFrom('nic_secondary_ips')
      .select(['nic_id', 'ip4_address'])
      .where('nic_id', 'in', nicIds.slice(from, from + slice))
      .orderBy('id')
      .execute()
    for (const row of rows) {
      if (row.ip4_address !== null) found.set(row.nic_id, [...(found.get(row.nic_id) ?? []), row.ip4_address])
    }
  }
  return found
}

function ruleState(rule: Row<'security_group_rule'>, remote: string | null): SecurityRule | undefined {
  const { protocol: name, start_port: start, end_port: end } = rule
  const protocol =
    name === 'tcp' || name === 'udp' || name === 'icmp' || name === 'all'
      ? name
      : (protocolNumbers[name] ?? Number(name))
  const side =
    rule.allowed_ip_cidr === null ? (remote === null ? undefined : { group: remote }) : { cidr: rule.allowed_ip_cidr }
  // A rule of a group that is gone lets nobody in.
  if (side === undefined) return undefined
  if (protocol === 'icmp') {
    return {
      protocol,
      ...(start === null || start < 0 ? {} : { icmpType: start }),
      ...(end === null || end < 0 ? {} : { icmpCode: end }),
      ...side,
    }
  }
  return {
    protocol,
    ...(start === null ? {} : { startPort: start }),
    ...(end === null ? {} : { endPort: end }),
    ...side,
  }
}

/** The groups and those that their rules name: a host needs both. */
export async function withNamedGroups(db: Queries, groupIds: Iterable<number>): Promise<Set<number>> {
  const all = new Set(groupIds)
  const ids = [...all]
  for (let from = 0; from < ids.length; from += slice) {
    const rows = await db
      .selectFrom('security_group_rule')
      .select('allowed_network_id')
      .where('security_group_id', 'in', ids.slice(from, from + slice))
      .where('allowed_network_id', 'is not', null)
      .execute()
    for (const row of rows) if (row.allowed_network_id !== null) all.add(row.allowed_network_id)
  }
  return all
}

/** Names of every guest of the networks. */
export async function networkNames(db: Queries, networkIds: Iterable<number>): Promise<NetworkNames[]> {
  const ids = [...new Set(networkIds)]
  if (ids.length === 0) return []
  const version = await guestNetworkVersion(db)
  const networks = await db
    .selectFrom('networks')
    .select(['id', 'uuid', 'network_domain'])
    .where('id', 'in', ids)
    .execute()
  const guests = await db
    .selectFrom('nics')
    .innerJoin('vm_instance', 'vm_instance.id', 'nics.instance_id')
    .select(['nics.network_id', 'nics.ip4_address', 'vm_instance.name'])
    .where('nics.network_id', 'in', ids)
    .where('nics.removed', 'is', null)
    .where('vm_instance.removed', 'is', null)
    .orderBy('nics.id')
    .execute()
  return networks.map((network) => ({
    networkUuid: network.uuid,
    version,
    ...(network.network_domain === null ? {} : { domain: network.network_domain }),
    names: guests.flatMap((guest) =>
      guest.network_id === network.id && guest.ip4_address !== null
        ? [{ name: guest.name, address: guest.ip4_address }]
        : [],
    ),
  }))
}

/** Networks and groups of the machines that are on a host, or are about to be. */
export async function needsOfHosts(
  db: Queries,
  hostIds: readonly number[] | undefined,
): Promise<Map<number, { readonly networks: Set<number>; readonly groups: Set<number>; readonly vms: Set<number> }>> {
  const needs = new Map<number, { networks: Set<number>; groups: Set<number>; vms: Set<number> }>()
  const of = (host: number): { networks: Set<number>; groups: Set<number>; vms: Set<number> } => {
    const known = needs.get(host) ?? { networks: new Set(), groups: new Set(), vms: new Set() }
    needs.set(host, known)
    return known
  }
  let nics = db
    .selectFrom('vm_instance')
    .innerJoin('nics', 'nics.instance_id', 'vm_instance.id')
    .select(['vm_instance.id', 'vm_instance.host_id', 'nics.network_id'])
    .where('vm_instance.host_id', 'is not', null)
    .where('vm_instance.removed', 'is', null)
    .where('nics.removed', 'is', null)
  let maps = db
    .selectFrom('vm_instance')
    .innerJoin('security_group_vm_map', 'security_group_vm_map.instance_id', 'vm_instance.id')
    .select(['vm_instance.host_id', 'security_group_vm_map.security_group_id'])
    .where('vm_instance.host_id', 'is not', null)
    .where('vm_instance.removed', 'is', null)
  if (hostIds !== undefined) {
    nics = nics.where('vm_instance.host_id', 'in', [...hostIds])
    maps = maps.where('vm_instance.host_id', 'in', [...hostIds])
  }
  for (const row of await nics.execute()) {
    of(row.host_id as number).networks.add(row.network_id)
    of(row.host_id as number).vms.add(row.id)
  }
  for (const row of await maps.execute()) of(row.host_id as number).groups.add(row.security_group_id)
  return needs
}

/** Where hosts are reached, as ranges: what no guest may reach. */
export async function hostAddresses(db: Queries): Promise<string[]> {
  const rows = await db
    .selectFrom('host')
    .select(['private_ip_address', 'migration_ip_address'])
    .where('removed', 'is', null)
    .where('type', '=', 'Routing')
    .execute()
  const all = rows.flatMap((row) => [row.private_ip_address, row.migration_ip_address ?? ''])
  return mergeAddresses(all.filter((address) => address !== '127.0.0.1'))
}
