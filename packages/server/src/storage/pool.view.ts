import type { ResponseValue, storagePoolResponse } from '@altostack/api'
import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { placeNames } from '../inventory/index.ts'
import type { Pool } from './pool.repository.ts'

export type PoolView = ResponseValue<typeof storagePoolResponse>

/** Pools as answers. */
export async function poolViews(db: Queries, ctx: ServerContext, pools: readonly Pool[]): Promise<PoolView[]> {
  if (pools.length === 0) return []
  const ids = pools.map((pool) => pool.id)
  const zones = await placeNames(
    db,
    'data_center',
    pools.map((pool) => pool.data_center_id),
  )
  const pods = await placeNames(
    db,
    'host_pod_ref',
    pools.map((pool) => pool.pod_id),
  )
  const clusters = await placeNames(
    db,
    'cluster',
    pools.map((pool) => pool.cluster_id),
  )
  const tags = await db.selectFrom('storage_pool_tags').selectAll().where('pool_id', 'in', ids).orderBy('id').execute()
  const details = await db
    .selectFrom('storage_pool_details')
    .selectAll()
    .where('pool_id', 'in', ids)
    .where('display', '=', 1)
    .execute()
  const views: PoolView[] = []
  for (const pool of pools) {
    const cluster = pool.cluster_id === null ? undefined : clusters.get(pool.cluster_id)
    const pod = pool.pod_id === null ? undefined : pods.get(pool.pod_id)
    const own = details.filter((row) => row.pool_id === pool.id)
    views.push({
      id: pool.uuid,
      name: pool.name,
      zoneid: zones.get(pool.data_center_id)?.uuid,
      zonename: zones.get(pool.data_center_id)?.name,
      podid: pod?.uuid,
      podname: pod?.name,
      clusterid: cluster?.uuid,
      clustername: cluster?.name,
      ipaddress: pool.host_address,
      path: pool.path,
      created: pool.created,
      type: pool.pool_type,
      scope: pool.scope,
      state: pool.status,
      disksizetotal: pool.capacity_bytes,
      disksizeallocated: pool.allocated_bytes,
      disksizeused: pool.used_bytes,
      tags: tags
        .filter((row) => row.pool_id === pool.id)
        .map((row) => row.tag)
        .join(','),
      overprovisionfactor: await ctx.config.text('storage.overprovisioning.factor', { poolId: pool.id }, db),
      hypervisor: pool.hypervisor,
      provider: pool.storage_provider_name,
      managed: pool.managed === 1,
      storagecapabilities: { VOLUME_SNAPSHOT_QUIESCEVM: 'false' },
      details: own.length === 0 ? null : Object.fromEntries(own.map((row) => [row.name, row.value])),
    })
  }
  return views
}
