import type { Access, EntityName } from '@altostack/api'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import type { EntityRows } from '../command/entity-rows.ts'
import type { Database, Queries } from '../db/database.ts'
import { accountInReach } from './role-reach.ts'

/** Where an entity is loaded from and who may do what with it: one row an entity. */
export type AccessRule<E extends EntityName> = {
  readonly table: keyof Database
  /** False where the table has no `removed`. */
  readonly softDelete: boolean
  readonly may: (db: Queries, caller: Caller, row: EntityRows[E], access: Access) => Promise<boolean>
}

type AccountKey = Pick<EntityRows['Account'], 'id' | 'domain_id' | 'role_id'>
type Owner = { readonly accountId: number; readonly domainPath: string }

/** Administrators of the domain or of one above it. */
export function mayActInDomain(caller: Caller, domainPath: string): boolean {
  return isRootAdmin(caller) || (caller.roleType !== 'User' && domainPath.startsWith(caller.domainPath))
}

export function mayActForAccount(caller: Caller, owner: Owner): boolean {
  return caller.accountId === owner.accountId || mayActInDomain(caller, owner.domainPath)
}

async function domainPath(db: Queries, domainId: number): Promise<string> {
  const row = await db.selectFrom('domain').select('path').where('id', '=', domainId).executeTakeFirst()
  // A path that nobody's begins with: only root administrators act on what has lost its domain.
  return row?.path ?? ''
}

async function owns(
  db: Queries,
  caller: Caller,
  row: { readonly account_id: number; readonly domain_id: number },
): Promise<boolean> {
  if (isRootAdmin(caller) || row.account_id === caller.accountId) return true
  return mayActForAccount(caller, { accountId: row.account_id, domainPath: await domainPath(db, row.domain_id) })
}

const infrastructureAdmins = (caller: Caller): boolean => isRootAdmin(caller) || caller.roleType === 'ResourceAdmin'

/** Infrastructure: hosts, storage and their like are for administrators of the whole. */
const adminOnly = async (_db: Queries, caller: Caller): Promise<boolean> => infrastructureAdmins(caller)
const readByAll = async (_db: Queries, caller: Caller, _row: unknown, access: Access): Promise<boolean> =>
  access !== 'operate' || infrastructureAdmins(caller)

/** Offerings: everybody's unless limited to domains; then theirs and those below. */
async function offering(
  db: Queries,
  caller: Caller,
  row: { readonly id: number },
  access: Access,
  domains: (db: Queries, id: number) => Promise<readonly string[]>,
): Promise<boolean> {
  if (isRootAdmin(caller)) return true
  const limited = await domains(db, row.id)
  if (access === 'operate') {
    const own = limited.length > 0 && limited.every((path) => path.startsWith(caller.domainPath))
    return caller.roleType === 'DomainAdmin' && own
  }
  return limited.length === 0 || limited.some((path) => caller.domainPath.startsWith(path))
}

async function serviceOfferingDomains(db: Queries, id: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('service_offering_details')
    .select('value')
    .where('service_offering_id', '=', id)
    .where('name', '=', 'domainid')
    .execute()
  if (rows.length === 0) return []
  const ids = rows.map((row) => Number(row.value))
  return (await db.selectFrom('domain').select('path').where('id', 'in', ids).execute()).map((row) => row.path)
}

async function diskOfferingDomains(db: Queries, id: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('disk_offering_details')
    .select('value')
    .where('disk_offering_id', '=', id)
    .where('name', '=', 'domainid')
    .execute()
  if (rows.length === 0) return []
  const ids = rows.map((row) => Number(row.value))
  return (await db.selectFrom('domain').select('path').where('id', 'in', ids).execute()).map((row) => row.path)
}

async function networkOfferingDomains(db: Queries, id: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('network_offering_details')
    .select('value')
    .where('network_offering_id', '=', id)
    .where('name', '=', 'domainid')
    .execute()
  if (rows.length === 0) return []
  const ids = rows.map((row) => Number(row.value))
  return (await db.selectFrom('domain').select('path').where('id', 'in', ids).execute()).map((row) => row.path)
}

/** A NIC is its virtual machine's. */
async function nic(db: Queries, caller: Caller, row: EntityRows['Nic']): Promise<boolean> {
  const vm = await db
    .selectFrom('vm_instance')
    .select(['account_id', 'domain_id'])
    .where('id', '=', row.instance_id)
    .executeTakeFirst()
  return vm === undefined ? isRootAdmin(caller) : await owns(db, caller, vm)
}

async function network(db: Queries, caller: Caller, row: EntityRows['Network'], access: Access): Promise<boolean> {
  if (await owns(db, caller, row)) return true
  if (access === 'operate' || row.acl_type !== 'Domain') return false
  const path = await domainPath(db, row.domain_id)
  return (
    row.domain_id === caller.domainId ||
    (row.subdomain_access === 1 && path !== '' && caller.domainPath.startsWith(path))
  )
}

async function template(db: Queries, caller: Caller, row: EntityRows['Template'], access: Access): Promise<boolean> {
  if (await owns(db, caller, row)) return true
  if (access === 'operate') return false
  if (row.public === 1 || row.featured === 1) return true
  const permission = await db
    .selectFrom('launch_permission')
    .select('id')
    .where('template_id', '=', row.id)
    .where('account_id', '=', caller.accountId)
    .executeTakeFirst()
  return permission !== undefined
}

async function zone(db: Queries, caller: Caller, row: EntityRows['Zone'], access: Access): Promise<boolean> {
  if (infrastructureAdmins(caller)) return true
  if (access === 'operate') return false
  return row.domain_id === null || caller.domainPath.startsWith(await domainPath(db, row.domain_id))
}

/** Whoever can change an account or take its users' keys can be it, so its role must not go beyond the caller's. */
async function account(db: Queries, caller: Caller, row: AccountKey, access: Access): Promise<boolean> {
  if (row.id === caller.accountId) return true
  if (!(await owns(db, caller, { account_id: row.id, domain_id: row.domain_id }))) return false
  return access !== 'operate' || (await accountInReach(db, caller, row))
}

async function user(db: Queries, caller: Caller, row: EntityRows['User'], access: Access): Promise<boolean> {
  if (row.account_id === caller.accountId) return true
  const owner = await db
    .selectFrom('account')
    .select(['id', 'domain_id', 'role_id'])
    .where('id', '=', row.account_id)
    .executeTakeFirst()
  return owner === undefined ? isRootAdmin(caller) : await account(db, caller, owner, access)
}

async function securityRule(db: Queries, caller: Caller, row: EntityRows['SecurityGroupRule']): Promise<boolean> {
  const group = await db
    .selectFrom('security_group')
    .select(['account_id', 'domain_id'])
    .where('id', '=', row.security_group_id)
    .executeTakeFirst()
  return group === undefined ? isRootAdmin(caller) : await owns(db, caller, group)
}

async function role(_db: Queries, caller: Caller, row: EntityRows['Role'], access: Access): Promise<boolean> {
  return isRootAdmin(caller) || (access !== 'operate' && row.public_role === 1)
}

async function range(db: Queries, caller: Caller, row: EntityRows['VlanIpRange'], access: Access): Promise<boolean> {
  if (infrastructureAdmins(caller)) return true
  if (access === 'operate' || row.account_id === null || row.domain_id === null) return false
  return await owns(db, caller, { account_id: row.account_id, domain_id: row.domain_id })
}

export const accessRules: { readonly [E in EntityName]: AccessRule<E> } = {
  Account: { table: 'account', softDelete: true, may: account },
  AsyncJob: { table: 'async_job', softDelete: true, may: owns },
  Cluster: { table: 'cluster', softDelete: true, may: adminOnly },
  DiskOffering: {
    table: 'disk_offering',
    softDelete: true,
    may: (db, caller, row, access) => offering(db, caller, row, access, diskOfferingDomains),
  },
  Domain: {
    table: 'domain',
    softDelete: true,
    may: async (_db, caller, row, access) =>
      mayActInDomain(caller, row.path) || (access !== 'operate' && row.id === caller.domainId),
  },
  GuestVlanRange: { table: 'account_vnet_map', softDelete: false, may: adminOnly },
  Host: { table: 'host', softDelete: true, may: adminOnly },
  HostRepair: { table: 'host_repair', softDelete: false, may: adminOnly },
  ImageStore: { table: 'image_store', softDelete: true, may: adminOnly },
  InstanceGroup: { table: 'instance_group', softDelete: false, may: owns },
  InternalLoadBalancerElement: { table: 'virtual_router_providers', softDelete: true, may: readByAll },
  JoinToken: { table: 'join_token', softDelete: true, may: adminOnly },
  Network: { table: 'networks', softDelete: true, may: network },
  NetworkOffering: {
    table: 'network_offerings',
    softDelete: true,
    may: (db, caller, row, access) => offering(db, caller, row, access, networkOfferingDomains),
  },
  NetworkServiceProvider: { table: 'physical_network_service_providers', softDelete: true, may: readByAll },
  Nic: { table: 'nics', softDelete: true, may: nic },
  NicSecondaryIp: { table: 'nic_secondary_ips', softDelete: false, may: owns },
  OsType: { table: 'guest_os', softDelete: true, may: readByAll },
  PhysicalNetwork: { table: 'physical_network', softDelete: true, may: readByAll },
  Pod: { table: 'host_pod_ref', softDelete: true, may: adminOnly },
  Role: { table: 'roles', softDelete: true, may: role },
  RolePermission: { table: 'role_permissions', softDelete: false, may: async (_db, caller) => isRootAdmin(caller) },
  SecurityGroup: { table: 'security_group', softDelete: false, may: owns },
  SecurityGroupRule: { table: 'security_group_rule', softDelete: false, may: securityRule },
  ServiceOffering: {
    table: 'service_offering',
    softDelete: true,
    may: (db, caller, row, access) => offering(db, caller, row, access, serviceOfferingDomains),
  },
  Snapshot: { table: 'snapshots', softDelete: true, may: owns },
  SnapshotPolicy: { table: 'snapshot_policy', softDelete: false, may: owns },
  StorageNetworkIpRange: { table: 'dc_storage_network_ip_range', softDelete: false, may: adminOnly },
  StoragePool: { table: 'storage_pool', softDelete: true, may: adminOnly },
  Template: { table: 'vm_template', softDelete: true, may: template },
  TrafficType: { table: 'physical_network_traffic_types', softDelete: false, may: adminOnly },
  UserData: { table: 'user_data', softDelete: false, may: owns },
  User: { table: 'user', softDelete: true, may: user },
  VMSnapshot: { table: 'vm_snapshots', softDelete: true, may: owns },
  VirtualMachine: { table: 'vm_instance', softDelete: true, may: owns },
  VirtualRouterElement: { table: 'virtual_router_providers', softDelete: true, may: readByAll },
  VlanIpRange: { table: 'vlan', softDelete: true, may: range },
  Volume: { table: 'volumes', softDelete: true, may: owns },
  Zone: { table: 'data_center', softDelete: true, may: zone },
}
