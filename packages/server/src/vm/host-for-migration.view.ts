import type { hostForMigrationResponse, ResponseValue } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import type { HostView, Refusal } from '../placement/index.ts'

type View = ResponseValue<typeof hostForMigrationResponse>
export type JudgedHost = {
  readonly host: HostView
  readonly refusal: Refusal | undefined
  readonly requiresStorageMotion: boolean
  /** One line a filter. */
  readonly refusals: readonly string[]
}

/** Filters that say that the host has not the room. */
const roomFilters = new Set(['cpu', 'memory', 'max-guests', 'cpu-cores', 'cpu-speed'])

/** Hosts with what the planner says of them; one query a page. */
export async function hostForMigrationViews(db: Queries, judged: readonly JudgedHost[]): Promise<View[]> {
  if (judged.length === 0) return []
  const rows = await db
    .selectFrom('host')
    .leftJoin('data_center as zone', 'zone.id', 'host.data_center_id')
    .leftJoin('host_pod_ref as pod', 'pod.id', 'host.pod_id')
    .leftJoin('cluster', 'cluster.id', 'host.cluster_id')
    .leftJoin('host_capacity as capacity', 'capacity.host_id', 'host.id')
    .selectAll('host')
    .select([
      'zone.uuid as zone_uuid',
      'zone.name as zone_name',
      'pod.uuid as pod_uuid',
      'pod.name as pod_name',
      'cluster.uuid as cluster_uuid',
      'cluster.name as cluster_name',
      'cluster.cluster_type',
      'capacity.memory_total',
      'capacity.memory_used',
      'capacity.memory_reserved',
      'capacity.cpu_total',
      'capacity.cpu_used',
      'capacity.cpu_reserved',
    ])
    .where(
      'host.id',
      'in',
      judged.map(({ host }) => host.id),
    )
    .execute()
  const byId = new Map(rows.map((row) => [row.id, row]))
  return judged.flatMap(({ host, refusal, requiresStorageMotion, refusals }) => {
    const row = byId.get(host.id)
    if (row === undefined) return []
    const cpuAllocated = (row.cpu_used ?? 0) + (row.cpu_reserved ?? 0)
    const memoryAllocated = (row.memory_used ?? 0) + (row.memory_reserved ?? 0)
    return [
      {
        id: row.uuid,
        name: row.name,
        state: row.status,
        type: row.type,
        resourcestate: row.resource_state,
        ipaddress: row.private_ip_address,
        zoneid: row.zone_uuid,
        zonename: row.zone_name,
        podid: row.pod_uuid,
        podname: row.pod_name,
        clusterid: row.cluster_uuid,
        clustername: row.cluster_name,
        clustertype: row.cluster_type,
        version: row.version,
        hypervisor: row.hypervisor_type,
        hypervisorversion: row.hypervisor_version,
        cpusockets: row.cpu_sockets,
        cpunumber: row.cpus,
        cpuspeed: row.speed,
        cpuallocatedvalue: cpuAllocated,
        cpuallocated: share(cpuAllocated, row.cpu_total),
        memorytotal: row.memory_total,
        memoryallocated: memoryAllocated,
        memoryallocatedbytes: memoryAllocated,
        memoryallocatedpercentage: share(memoryAllocated, row.memory_total),
        capabilities: row.capabilities,
        arch: row.arch,
        hosttags: host.tags.length === 0 ? null : host.tags.join(','),
        created: row.created,
        hasenoughcapacity: refusal === undefined || !roomFilters.has(refusal.filter),
        suitableformigration: refusal === undefined,
        requiresStorageMotion,
        refusals: [...refusals],
      },
    ]
  })
}

function share(used: number, total: number | null): string {
  return total === null || total === 0 ? '0%' : `${((used / total) * 100).toFixed(2)}%`
}
