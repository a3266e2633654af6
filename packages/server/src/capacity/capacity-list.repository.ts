import { sql } from 'kysely'
import type { Queries } from '../db/database.ts'

/** CloudStack's capacity types that can be filled here. */
export const capacityTypes = {
  memory: { number: 0, name: 'MEMORY' },
  cpu: { number: 1, name: 'CPU' },
  storage: { number: 2, name: 'STORAGE' },
  storageAllocated: { number: 3, name: 'STORAGE_ALLOCATED' },
  directIp: { number: 8, name: 'DIRECT_ATTACHED_PUBLIC_IP' },
  localStorage: { number: 9, name: 'LOCAL_STORAGE' },
  cores: { number: 90, name: 'CPU_CORE' },
} as const

/** Summed use of one type in one place. Bytes, MHz, cores or addresses. */
export type CapacitySum = {
  readonly type: number
  readonly zoneId: number
  readonly podId: number | null
  readonly clusterId: number | null
  readonly used: number
  readonly total: number
}
export type CapacityFilter = {
  readonly level: 'zone' | 'pod' | 'cluster'
  readonly zoneId?: number
  readonly podId?: number
  readonly clusterId?: number
  /** Effective space of pools = bytes x factor. */
  readonly overprovisioning: number
}

/** CPU, memory and cores of enabled hosts with over-commit; reserved counts as used. */
export async function hostCapacitySums(db: Queries, filter: CapacityFilter): Promise<readonly CapacitySum[]> {
  const ratio = (name: string) =>
    sql<number>`coalesce((select cast(d.value as decimal(10,4)) from cluster_details d where d.cluster_id = host.cluster_id and d.name = ${name}), 1)`
  let query = db
    .selectFrom('host_capacity')
    .innerJoin('host', 'host.id', 'host_capacity.host_id')
    .select([
      'host.data_center_id as zone',
      'host.pod_id as pod',
      'host.cluster_id as cluster',
      sql<number>`sum(memory_used + memory_reserved)`.as('memory_used'),
      sql<number>`sum(memory_total)`.as('memory_total'),
      sql<number>`sum(cpu_used + cpu_reserved)`.as('cpu_used'),
      sql<number>`sum(cpu_total)`.as('cpu_total'),
      sql<number>`sum(cores_used)`.as('cores_used'),
      sql<number>`sum(cores_total)`.as('cores_total'),
      ratio('memoryOvercommitRatio').as('memory_ratio'),
      ratio('cpuOvercommitRatio').as('cpu_ratio'),
    ])
    .where('host.removed', 'is', null)
    .where('host.resource_state', '=', 'Enabled')
  if (filter.zoneId !== undefined) query = query.where('host.data_center_id', '=', filter.zoneId)
  if (filter.podId !== undefined) query = query.where('host.pod_id', '=', filter.podId)
  if (filter.clusterId !== undefined) query = query.where('host.cluster_id', '=', filter.clusterId)
  const rows = await query.groupBy(['host.data_center_id', 'host.pod_id', 'host.cluster_id']).execute()
  return rows.flatMap((row) => {
    const place = { zoneId: row.zone, podId: row.pod, clusterId: row.cluster }
    const memory = Number(row.memory_ratio)
    const cpu = Number(row.cpu_ratio)
    return [
      { ...place, type: 0, used: Number(row.memory_used), total: Number(row.memory_total) * memory },
      { ...place, type: 1, used: Number(row.cpu_used), total: Number(row.cpu_total) * cpu },
      { ...place, type: 90, used: Number(row.cores_used), total: Number(row.cores_total) * cpu },
    ]
  })
}

/** Real and allocated space of pools; local ones apart. */
export async function poolCapacitySums(db: Queries, filter: CapacityFilter): Promise<readonly CapacitySum[]> {
  let query = db
    .selectFrom('storage_pool')
    .select(['data_center_id', 'pod_id', 'cluster_id', 'scope', 'capacity_bytes', 'used_bytes', 'allocated_bytes'])
    .where('removed', 'is', null)
    .where('status', '=', 'Up')
  if (filter.zoneId !== undefined) query = query.where('data_center_id', '=', filter.zoneId)
  if (filter.podId !== undefined) query = query.where('pod_id', '=', filter.podId)
  if (filter.clusterId !== undefined) query = query.where('cluster_id', '=', filter.clusterId)
  return (await query.execute()).flatMap((row) => {
    const place = { zoneId: row.data_center_id, podId: row.pod_id, clusterId: row.cluster_id }
    const real = { ...place, used: row.used_bytes, total: row.capacity_bytes }
    if (row.scope === 'HOST') return [{ ...real, type: 9 }]
    return [
      { ...real, type: 2 },
      { ...place, type: 3, used: row.allocated_bytes, total: row.capacity_bytes * filter.overprovisioning },
    ]
  })
}

/** Addresses of Shared networks; they belong to the zone alone. */
export async function addressCapacitySums(db: Queries, filter: CapacityFilter): Promise<readonly CapacitySum[]> {
  if (filter.podId !== undefined || filter.clusterId !== undefined) return []
  let query = db
    .selectFrom('user_ip_address')
    .innerJoin('vlan', 'vlan.id', 'user_ip_address.vlan_db_id')
    .select([
      'user_ip_address.data_center_id as zone',
      sql<number>`count(*)`.as('total'),
      sql<number>`sum(case when user_ip_address.state = 'Free' then 0 else 1 end)`.as('used'),
    ])
    .where('vlan.vlan_type', '=', 'DirectAttached')
    .where('vlan.removed', 'is', null)
  if (filter.zoneId !== undefined) query = query.where('user_ip_address.data_center_id', '=', filter.zoneId)
  return (await query.groupBy('user_ip_address.data_center_id').execute()).map((row) => ({
    type: 8,
    zoneId: row.zone,
    podId: null,
    clusterId: null,
    used: Number(row.used),
    total: Number(row.total),
  }))
}
