import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import type { ClusterView, HostView, PlacementSnapshot, PodView, PoolView, ZoneView } from './snapshot.ts'

/** Reads everything the planner looks at: a handful of queries, whatever the number of hosts. */
export async function loadSnapshot(db: Queries, ctx: ServerContext): Promise<PlacementSnapshot> {
  const [zones, pods, clusters, pools, hosts, maxGuests, algorithm] = [
    await loadZones(db),
    await loadPods(db),
    await loadClusters(db, ctx),
    await loadPools(db, ctx),
    await loadHosts(db, ctx.runtime.now()),
    await ctx.config.number('alto.host.max.guests', {}, db),
    await ctx.config.text('vm.allocation.algorithm', {}, db),
  ]
  return { zones, pods, clusters, pools, hosts, maxGuests, algorithm: algorithm === 'firstfit' ? 'firstfit' : 'random' }
}

async function loadZones(db: Queries): Promise<ReadonlyMap<number, ZoneView>> {
  const rows = await db
    .selectFrom('data_center')
    .select(['id', 'uuid', 'name', 'allocation_state', 'is_local_storage_enabled'])
    .where('removed', 'is', null)
    .execute()
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        uuid: row.uuid,
        name: row.name,
        enabled: row.allocation_state === 'Enabled',
        localStorage: row.is_local_storage_enabled === 1,
      },
    ]),
  )
}

async function loadPods(db: Queries): Promise<ReadonlyMap<number, PodView>> {
  const rows = await db
    .selectFrom('host_pod_ref')
    .select(['id', 'uuid', 'name', 'allocation_state'])
    .where('removed', 'is', null)
    .execute()
  return new Map(
    rows.map((row) => [
      row.id,
      { id: row.id, uuid: row.uuid, name: row.name, enabled: row.allocation_state === 'Enabled' },
    ]),
  )
}

const clusterSettings = {
  cpuRatio: 'cpuOvercommitRatio',
  memoryRatio: 'memoryOvercommitRatio',
  cpuThreshold: 'cluster.cpu.allocated.capacity.disablethreshold',
  memoryThreshold: 'cluster.memory.allocated.capacity.disablethreshold',
} as const

async function loadClusters(db: Queries, ctx: ServerContext): Promise<ReadonlyMap<number, ClusterView>> {
  const rows = await db
    .selectFrom('cluster')
    .select([
      'id',
      'uuid',
      'name',
      'data_center_id',
      'pod_id',
      'allocation_state',
      'managed_state',
      'hypervisor_type',
      'arch',
    ])
    .where('removed', 'is', null)
    .execute()
  const details = await db
    .selectFrom('cluster_details')
    .select(['cluster_id', 'name', 'value'])
    .where('name', 'in', Object.values(clusterSettings))
    .execute()
  const own = new Map(details.map((row) => [`${row.cluster_id} ${row.name}`, Number(row.value)]))
  const enforced = await ctx.config.flag('cluster.threshold.enabled', {}, db)
  const cpuDefault = await ctx.config.number(clusterSettings.cpuThreshold, {}, db)
  const memoryDefault = await ctx.config.number(clusterSettings.memoryThreshold, {}, db)
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        uuid: row.uuid,
        name: row.name,
        zoneId: row.data_center_id,
        podId: row.pod_id,
        enabled: row.allocation_state === 'Enabled',
        managed: row.managed_state === 'Managed',
        hypervisor: row.hypervisor_type,
        arch: row.arch,
        cpuRatio: own.get(`${row.id} ${clusterSettings.cpuRatio}`) ?? 1,
        memoryRatio: own.get(`${row.id} ${clusterSettings.memoryRatio}`) ?? 1,
        cpuThreshold: enforced
          ? (own.get(`${row.id} ${clusterSettings.cpuThreshold}`) ?? cpuDefault)
          : Number.POSITIVE_INFINITY,
        memoryThreshold: enforced
          ? (own.get(`${row.id} ${clusterSettings.memoryThreshold}`) ?? memoryDefault)
          : Number.POSITIVE_INFINITY,
      },
    ]),
  )
}

/** Kinds of storage whose space may be over-provisioned. */
const overprovisioned = new Set(['Filesystem', 'NetworkFilesystem', 'SharedMountPoint', 'RBD', 'Linstor', 'StorPool'])

async function loadPools(db: Queries, ctx: ServerContext): Promise<ReadonlyMap<number, PoolView>> {
  const rows = await db
    .selectFrom('storage_pool')
    .select([
      'id',
      'uuid',
      'name',
      'status',
      'scope',
      'hypervisor',
      'pool_type',
      'capacity_bytes',
      'used_bytes',
      'allocated_bytes',
    ])
    .where('removed', 'is', null)
    .execute()
  const tags = groupBy(
    await db.selectFrom('storage_pool_tags').select(['pool_id', 'tag']).execute(),
    (row) => row.pool_id,
    (row) => row.tag,
  )
  const templates = groupBy(
    await db.selectFrom('template_spool_ref').select(['pool_id', 'template_id']).execute(),
    (row) => row.pool_id,
    (row) => row.template_id,
  )
  const names = [
    'storage.overprovisioning.factor',
    'pool.storage.capacity.disablethreshold',
    'pool.storage.allocated.capacity.disablethreshold',
  ] as const
  const defaults = new Map<string, number>()
  for (const name of names) defaults.set(name, await ctx.config.number(name, {}, db))
  const details = await db
    .selectFrom('storage_pool_details')
    .select(['pool_id', 'name', 'value'])
    .where('name', 'in', [...names])
    .execute()
  const own = new Map(details.map((row) => [`${row.pool_id} ${row.name}`, Number(row.value)]))
  const setting = (id: number, name: (typeof names)[number]): number =>
    own.get(`${id} ${name}`) ?? defaults.get(name) ?? 1
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        uuid: row.uuid,
        name: row.name,
        status: row.status,
        scope: row.scope,
        hypervisor: row.hypervisor,
        tags: tags.get(row.id) ?? [],
        capacityBytes: row.capacity_bytes,
        usedBytes: row.used_bytes,
        allocatedBytes: row.allocated_bytes,
        templates: templates.get(row.id) ?? [],
        overprovisioning: overprovisioned.has(row.pool_type) ? setting(row.id, names[0]) : 1,
        usedThreshold: setting(row.id, names[1]),
        allocatedThreshold: setting(row.id, names[2]),
      },
    ]),
  )
}

async function loadHosts(db: Queries, now: number): Promise<readonly HostView[]> {
  const rows = await db
    .selectFrom('host')
    .leftJoin('host_capacity', 'host_capacity.host_id', 'host.id')
    .select([
      'host.id',
      'host.uuid',
      'host.name',
      'host.cluster_id',
      'host.status',
      'host.awaited_until',
      'host.resource_state',
      'host.hypervisor_type',
      'host.arch',
      'host.hypervisor_version',
      'host.cpus',
      'host.speed',
      'host_capacity.cpu_total',
      'host_capacity.cpu_used',
      'host_capacity.cpu_reserved',
      'host_capacity.memory_total',
      'host_capacity.memory_used',
      'host_capacity.memory_reserved',
      'host_capacity.vms',
    ])
    .where('host.removed', 'is', null)
    .where('host.type', '=', 'Routing')
    .execute()
  const tags = groupBy(
    await db.selectFrom('host_tags').select(['host_id', 'tag']).execute(),
    (row) => row.host_id,
    (row) => row.tag,
  )
  const pools = groupBy(
    await db.selectFrom('storage_pool_host_ref').select(['host_id', 'pool_id']).execute(),
    (row) => row.host_id,
    (row) => row.pool_id,
  )
  return rows.map((row) => ({
    id: row.id,
    uuid: row.uuid,
    name: row.name,
    clusterId: row.cluster_id ?? 0,
    status: row.status,
    awaited: row.status !== 'Up' && row.awaited_until !== null && row.awaited_until > now,
    resourceState: row.resource_state,
    hypervisor: row.hypervisor_type,
    arch: row.arch,
    qemu: row.hypervisor_version ?? '',
    cores: row.cpus ?? 0,
    mhz: row.speed ?? 0,
    tags: tags.get(row.id) ?? [],
    cpuTotal: row.cpu_total ?? 0,
    cpuTaken: (row.cpu_used ?? 0) + (row.cpu_reserved ?? 0),
    memoryTotal: row.memory_total ?? 0,
    memoryTaken: (row.memory_used ?? 0) + (row.memory_reserved ?? 0),
    guests: row.vms ?? 0,
    pools: pools.get(row.id) ?? [],
  }))
}

function groupBy<R, V>(rows: readonly R[], key: (row: R) => number, value: (row: R) => V): ReadonlyMap<number, V[]> {
  const groups = new Map<number, V[]>()
  for (const row of rows) {
    const group = groups.get(key(row))
    if (group === undefined) groups.set(key(row), [value(row)])
    else group.push(value(row))
  }
  return groups
}
