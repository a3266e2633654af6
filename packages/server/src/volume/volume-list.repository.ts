import { inScope } from '../auth/ownership.ts'
import type { OwnershipScope } from '../command/handler.ts'
import type { Queries } from '../db/database.ts'
import { keywordPattern, type Page } from '../db/page.ts'
import { carriesTag, type TagPair } from '../tag/index.ts'

export type VolumeFilter = {
  readonly scope: OwnershipScope
  readonly ids?: readonly number[]
  readonly name?: string
  readonly keyword?: string
  readonly state?: string
  readonly type?: string
  readonly zoneId?: number
  readonly podId?: number
  readonly clusterId?: number
  readonly hostId?: number
  readonly poolId?: number
  readonly vmId?: number
  readonly serviceOfferingId?: number
  readonly diskOfferingId?: number
  readonly display?: boolean
  readonly tags?: readonly TagPair[]
}

/** Counts and selects one page of volumes; filters of other tables are subqueries on their indexes. */
export async function selectVolumePage(
  db: Queries,
  filter: VolumeFilter,
  page: Page,
): Promise<{ readonly count: number; readonly ids: readonly number[] }> {
  if (filter.ids?.length === 0) return { count: 0, ids: [] }
  const query = filtered(db, filter)
  const total = await query.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  const count = Number(total.total)
  if (count <= page.offset) return { count, ids: [] }
  const rows = await query.select('volumes.id').orderBy('volumes.id').limit(page.limit).offset(page.offset).execute()
  return { count, ids: rows.map((row) => row.id) }
}

function filtered(db: Queries, filter: VolumeFilter) {
  let query = db
    .selectFrom('volumes')
    .where('volumes.removed', 'is', null)
    .where(inScope(filter.scope, { account: 'volumes.account_id', domain: 'volumes.domain_id' }))
  const exact = [
    ['volumes.name', filter.name],
    ['volumes.state', filter.state],
    ['volumes.volume_type', filter.type],
    ['volumes.data_center_id', filter.zoneId],
    ['volumes.pool_id', filter.poolId],
    ['volumes.instance_id', filter.vmId],
    ['volumes.disk_offering_id', filter.diskOfferingId],
    ['volumes.display_volume', filter.display === undefined ? undefined : filter.display ? 1 : 0],
  ] as const
  for (const [column, value] of exact) if (value !== undefined) query = query.where(column, '=', value)
  if (filter.tags !== undefined) query = query.where(carriesTag('volumes.uuid', filter.tags))
  if (filter.ids !== undefined) query = query.where('volumes.id', 'in', [...filter.ids])
  if (filter.keyword !== undefined) query = query.where('volumes.name', 'like', keywordPattern(filter.keyword))
  if (filter.podId !== undefined || filter.clusterId !== undefined) {
    const { podId, clusterId } = filter
    query = query.where((eb) => {
      let pools = eb.selectFrom('storage_pool').select('storage_pool.id')
      if (podId !== undefined) pools = pools.where('storage_pool.pod_id', '=', podId)
      if (clusterId !== undefined) pools = pools.where('storage_pool.cluster_id', '=', clusterId)
      return eb('volumes.pool_id', 'in', pools)
    })
  }
  if (filter.hostId !== undefined || filter.serviceOfferingId !== undefined) {
    const { hostId, serviceOfferingId } = filter
    query = query.where((eb) => {
      let vms = eb.selectFrom('vm_instance').select('vm_instance.id').where('vm_instance.removed', 'is', null)
      if (hostId !== undefined) vms = vms.where('vm_instance.host_id', '=', hostId)
      if (serviceOfferingId !== undefined) vms = vms.where('vm_instance.service_offering_id', '=', serviceOfferingId)
      return eb('volumes.instance_id', 'in', vms)
    })
  }
  return query
}

export type VolumeListRow = Awaited<ReturnType<typeof selectVolumeRows>>[number]

/** The rows of a page with the names of what they refer to: one query, every join by primary key. */
export async function selectVolumeRows(db: Queries, ids: readonly number[]) {
  if (ids.length === 0) return []
  return await db
    .selectFrom('volumes as volume')
    .leftJoin('account', 'account.id', 'volume.account_id')
    .leftJoin('domain', 'domain.id', 'volume.domain_id')
    .leftJoin('data_center as zone', 'zone.id', 'volume.data_center_id')
    .leftJoin('vm_instance as vm', 'vm.id', 'volume.instance_id')
    .leftJoin('vm_template as template', 'template.id', 'volume.template_id')
    .leftJoin('disk_offering as disk', 'disk.id', 'volume.disk_offering_id')
    .leftJoin('service_offering as offering', 'offering.id', 'vm.service_offering_id')
    .leftJoin('storage_pool as pool', 'pool.id', 'volume.pool_id')
    .leftJoin('cluster', 'cluster.id', 'pool.cluster_id')
    .leftJoin('volume_store_ref as upload', 'upload.volume_id', 'volume.id')
    .leftJoin('host_pod_ref as pod', 'pod.id', 'pool.pod_id')
    .select([
      'volume.id',
      'volume.uuid',
      'volume.name',
      'volume.volume_type',
      'upload.error_str as upload_error',
      'volume.state',
      'volume.size',
      'volume.physical_size',
      'volume.device_id',
      'volume.path',
      'volume.provisioning_type',
      'volume.display_volume',
      'volume.attached',
      'volume.delete_protection',
      'volume.created',
      'account.account_name',
      'domain.uuid as domain_uuid',
      'domain.name as domain_name',
      'domain.path as domain_path',
      'zone.uuid as zone_uuid',
      'zone.name as zone_name',
      'vm.uuid as vm_uuid',
      'vm.name as vm_name',
      'vm.display_name as vm_display_name',
      'vm.state as vm_state',
      'vm.type as vm_type',
      'vm.hypervisor_type',
      'template.uuid as template_uuid',
      'template.name as template_name',
      'template.display_text as template_text',
      'template.hypervisor_type as template_hypervisor',
      'template.extractable',
      'disk.bytes_read_rate',
      'disk.bytes_write_rate',
      'disk.iops_read_rate',
      'disk.iops_write_rate',
      'disk.uuid as disk_uuid',
      'disk.name as disk_name',
      'disk.display_text as disk_text',
      'offering.uuid as offering_uuid',
      'offering.name as offering_name',
      'offering.display_text as offering_text',
      'pool.uuid as pool_uuid',
      'pool.name as pool_name',
      'pool.scope as pool_scope',
      'cluster.uuid as cluster_uuid',
      'cluster.name as cluster_name',
      'pod.uuid as pod_uuid',
      'pod.name as pod_name',
    ])
    .where('volume.id', 'in', [...ids])
    .orderBy('volume.id')
    .execute()
}

/** Names of volumes in the order of their ids. */
export async function namesOfVolumes(db: Queries, ids: readonly number[]) {
  if (ids.length === 0) return []
  return await db
    .selectFrom('volumes')
    .select(['id', 'uuid', 'name'])
    .where('id', 'in', [...ids])
    .orderBy('id')
    .execute()
}
