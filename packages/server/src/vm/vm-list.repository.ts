import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { inScope } from '../auth/ownership.ts'
import type { OwnershipScope } from '../command/handler.ts'
import type { Database, Queries } from '../db/database.ts'
import { keywordPattern, type Page } from '../db/page.ts'
import { carriesTag, type TagPair } from '../tag/index.ts'

export type VmFilter = {
  readonly scope: OwnershipScope
  readonly ids?: readonly number[]
  readonly name?: string
  readonly keyword?: string
  /** CloudStack's state, or Present: all that are not destroyed. */
  readonly state?: string
  readonly zoneId?: number
  readonly podId?: number
  readonly clusterId?: number
  readonly hostId?: number
  readonly poolId?: number
  readonly networkId?: number
  readonly hypervisor?: string
  readonly templateId?: number
  readonly serviceOfferingId?: number
  readonly userId?: number
  readonly arch?: string
  readonly display?: boolean
  readonly haEnabled?: boolean
  readonly tags?: readonly TagPair[]
  readonly keyPair?: string
  readonly securityGroupId?: number
  readonly userDataId?: number
  readonly group?: { readonly accountId: number; readonly name: string }
  /** Destroyed ones are shown only to those who may see them. */
  readonly withDestroyed: boolean
  /** A filter that nothing can match: an object of a kind that there is none of. */
  readonly nothing?: boolean
}

/** Counts and selects one page of VMs; the filters are on vm_instance alone, so that both use its indexes. */
export async function selectVmPage(
  db: Queries,
  filter: VmFilter,
  page: Page,
): Promise<{ readonly count: number; readonly ids: readonly number[] }> {
  if (filter.nothing === true || filter.ids?.length === 0) return { count: 0, ids: [] }
  const query = filtered(db, filter)
  const total = await query.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  const count = Number(total.total)
  if (count <= page.offset) return { count, ids: [] }
  const rows = await query
    .select('vm_instance.id')
    .orderBy('vm_instance.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute()
  return { count, ids: rows.map((row) => row.id) }
}

function filtered(db: Queries, filter: VmFilter) {
  let query = db
    .selectFrom('vm_instance')
    .where('vm_instance.removed', 'is', null)
    .where('vm_instance.type', '=', 'User')
    .where(inScope(filter.scope, { account: 'vm_instance.account_id', domain: 'vm_instance.domain_id' }))
  const exact = [
    ['vm_instance.data_center_id', filter.zoneId],
    ['vm_instance.pod_id', filter.podId],
    ['vm_instance.host_id', filter.hostId],
    ['vm_instance.hypervisor_type', filter.hypervisor],
    ['vm_instance.vm_template_id', filter.templateId],
    ['vm_instance.service_offering_id', filter.serviceOfferingId],
    ['vm_instance.user_id', filter.userId],
    ['vm_instance.arch', filter.arch],
    ['vm_instance.display_vm', asBit(filter.display)],
    ['vm_instance.ha_enabled', asBit(filter.haEnabled)],
    ['vm_instance.account_id', filter.group?.accountId],
    ['vm_instance.instance_group', filter.group?.name],
  ] as const
  for (const [column, value] of exact) if (value !== undefined) query = query.where(column, '=', value)
  if (filter.tags !== undefined) query = query.where(carriesTag('vm_instance.uuid', filter.tags))
  if (filter.ids !== undefined) query = query.where('vm_instance.id', 'in', [...filter.ids])
  if (filter.name !== undefined) {
    const { name } = filter
    query = query.where((eb) => eb.or([eb('vm_instance.name', '=', name), eb('vm_instance.display_name', '=', name)]))
  }
  if (filter.keyword !== undefined) {
    const pattern = keywordPattern(filter.keyword)
    query = query.where((eb) =>
      eb.or([
        eb('vm_instance.name', 'like', pattern),
        eb('vm_instance.display_name', 'like', pattern),
        eb('vm_instance.instance_name', 'like', pattern),
        eb('vm_instance.state', 'like', pattern),
      ]),
    )
  }
  if (filter.state === 'Present') query = query.where('vm_instance.state', 'not in', ['Destroyed', 'Expunging'])
  else if (filter.state !== undefined) query = query.where('vm_instance.state', '=', filter.state)
  if (!filter.withDestroyed) query = query.where('vm_instance.state', 'not in', ['Destroyed', 'Expunging'])
  if (filter.clusterId !== undefined) {
    const { clusterId } = filter
    query = query.where((eb) =>
      eb('vm_instance.host_id', 'in', eb.selectFrom('host').select('host.id').where('host.cluster_id', '=', clusterId)),
    )
  }
  if (filter.poolId !== undefined) {
    const { poolId } = filter
    query = query.where((eb) =>
      eb(
        'vm_instance.id',
        'in',
        eb
          .selectFrom('volumes')
          .select(sql<number>`volumes.instance_id`.as('instance_id'))
          .where('volumes.pool_id', '=', poolId)
          .where('volumes.removed', 'is', null)
          .where('volumes.instance_id', 'is not', null),
      ),
    )
  }
  if (filter.securityGroupId !== undefined) {
    const { securityGroupId } = filter
    query = query.where((eb) =>
      eb(
        'vm_instance.id',
        'in',
        eb
          .selectFrom('security_group_vm_map')
          .select('security_group_vm_map.instance_id')
          .where('security_group_vm_map.security_group_id', '=', securityGroupId),
      ),
    )
  }
  if (filter.userDataId !== undefined || filter.keyPair !== undefined) {
    const { userDataId, keyPair } = filter
    query = query.where((eb) => {
      let guests = eb.selectFrom('vm_guest_data').select('vm_guest_data.vm_id')
      if (userDataId !== undefined) guests = guests.where('vm_guest_data.user_data_id', '=', userDataId)
      if (keyPair !== undefined) guests = guests.where((of) => holdsName(of, keyPair))
      return eb('vm_instance.id', 'in', guests)
    })
  }
  if (filter.networkId !== undefined) {
    const { networkId } = filter
    query = query.where((eb) =>
      eb(
        'vm_instance.id',
        'in',
        eb
          .selectFrom('nics')
          .select('nics.instance_id')
          .where('nics.network_id', '=', networkId)
          .where('nics.removed', 'is', null),
      ),
    )
  }
  return query
}

/** keypair_names has the names separated by commas; none holds one. LIKE's own signs match nothing but themselves here. */
function holdsName(eb: ExpressionBuilder<Database, 'vm_guest_data'>, name: string): Expression<SqlBool> {
  const column = 'vm_guest_data.keypair_names'
  const quoted = name.replaceAll(/[!%_]/g, (sign) => `!${sign}`)
  const like = (pattern: string) => sql<SqlBool>`${sql.ref(column)} like ${pattern} escape '!'`
  return eb.or([eb(column, '=', name), like(`${quoted},%`), like(`%,${quoted}`), like(`%,${quoted},%`)])
}

function asBit(value: boolean | undefined): 0 | 1 | undefined {
  return value === undefined ? undefined : value ? 1 : 0
}

export type VmListRow = Awaited<ReturnType<typeof selectVmRows>>[number]

/** The rows of a page with the names of what they refer to: one query, every join by primary key. */
export async function selectVmRows(db: Queries, ids: readonly number[]) {
  if (ids.length === 0) return []
  return await db
    .selectFrom('vm_instance as vm')
    .leftJoin('account', 'account.id', 'vm.account_id')
    .leftJoin('instance_group as vm_group', (join) =>
      join.onRef('vm_group.account_id', '=', 'vm.account_id').onRef('vm_group.name', '=', 'vm.instance_group'),
    )
    .leftJoin('domain', 'domain.id', 'vm.domain_id')
    .leftJoin('user', 'user.id', 'vm.user_id')
    .leftJoin('data_center as zone', 'zone.id', 'vm.data_center_id')
    .leftJoin('host', 'host.id', 'vm.host_id')
    .leftJoin('vm_template as template', 'template.id', 'vm.vm_template_id')
    .leftJoin('vm_template as iso', 'iso.id', 'vm.iso_id')
    .leftJoin('service_offering as offering', 'offering.id', 'vm.service_offering_id')
    .leftJoin('guest_os', 'guest_os.id', 'vm.guest_os_id')
    .select([
      'vm.id',
      'vm.uuid',
      'vm.name',
      'vm.display_name',
      'vm.instance_name',
      'vm.state',
      'vm.account_id',
      'vm.created',
      'vm.update_time',
      'vm.ha_enabled',
      'vm.display_vm',
      'vm.dynamically_scalable',
      'vm.delete_protection',
      'vm.hypervisor_type',
      'vm.cpu',
      'vm.speed',
      'vm.ram_size',
      'vm_group.uuid as group_uuid',
      'vm_group.name as group_name',
      'vm.arch',
      'vm.boot_mode',
      'vm.user_data',
      'vm.last_error',
      'account.account_name',
      'domain.uuid as domain_uuid',
      'domain.name as domain_name',
      'domain.path as domain_path',
      'user.uuid as user_uuid',
      'user.username',
      'zone.uuid as zone_uuid',
      'zone.name as zone_name',
      'host.uuid as host_uuid',
      'host.name as host_name',
      'host.status as host_status',
      'host.resource_state as host_resource_state',
      'template.uuid as template_uuid',
      'template.name as template_name',
      'template.type as template_type',
      'template.format as template_format',
      'template.display_text as template_text',
      'template.enable_password',
      'iso.uuid as iso_uuid',
      'iso.name as iso_name',
      'iso.display_text as iso_text',
      'offering.uuid as offering_uuid',
      'offering.name as offering_name',
      'guest_os.uuid as guest_os_uuid',
      'guest_os.display_name as guest_os_name',
    ])
    .where('vm.id', 'in', [...ids])
    .orderBy('vm.id')
    .execute()
}

export type RootDisk = { readonly deviceId: number; readonly poolType: string | null }

/** The root disk of each VM of a page. */
export async function rootDisks(db: Queries, vmIds: readonly number[]): Promise<ReadonlyMap<number, RootDisk>> {
  if (vmIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('volumes')
    .leftJoin('storage_pool', 'storage_pool.id', 'volumes.pool_id')
    .select(['volumes.instance_id', 'volumes.device_id', 'storage_pool.pool_type'])
    .where('volumes.instance_id', 'in', [...vmIds])
    .where('volumes.volume_type', '=', 'ROOT')
    .where('volumes.removed', 'is', null)
    .execute()
  return new Map(
    rows.map((row) => [Number(row.instance_id), { deviceId: row.device_id ?? 0, poolType: row.pool_type }]),
  )
}

/** The newest pending job of each object of a page. */
export async function pendingJobs(
  db: Queries,
  type: string,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('async_job')
    .select(['instance_id', 'uuid'])
    .where('instance_type', '=', type)
    .where('instance_id', 'in', [...ids])
    .where('job_status', '=', 0)
    .orderBy('id')
    .execute()
  return new Map(rows.map((row) => [Number(row.instance_id), row.uuid]))
}

/** Names of machines in the order of their ids. */
export async function namesOfVms(db: Queries, ids: readonly number[]) {
  if (ids.length === 0) return []
  return await db
    .selectFrom('vm_instance')
    .select(['id', 'uuid', 'name', 'display_name', 'ram_size'])
    .where('id', 'in', [...ids])
    .orderBy('id')
    .execute()
}
