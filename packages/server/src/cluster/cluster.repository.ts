import type { Insertable } from 'kysely'
import type { Database, Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type Cluster = Row<'cluster'>
export type ClusterFilter = {
  readonly id?: number
  readonly zoneId?: number
  readonly podId?: number
  readonly name?: string
  readonly keyword?: string
  readonly hypervisor?: string
  readonly clusterType?: string
  readonly allocationState?: string
  readonly managedState?: string
  readonly arch?: string
}

export async function insertCluster(db: Queries, cluster: Insertable<Database['cluster']>): Promise<number> {
  const result = await db.insertInto('cluster').values(cluster).executeTakeFirstOrThrow()
  return Number(result.insertId)
}

export async function findCluster(db: Queries, id: number): Promise<Cluster | undefined> {
  return db.selectFrom('cluster').selectAll().where('id', '=', id).where('removed', 'is', null).executeTakeFirst()
}

export async function findClusterByName(db: Queries, podId: number, name: string): Promise<Cluster | undefined> {
  return db
    .selectFrom('cluster')
    .selectAll()
    .where('pod_id', '=', podId)
    .where('name', '=', name)
    .where('removed', 'is', null)
    .executeTakeFirst()
}

export async function updateClusterRow(
  db: Queries,
  id: number,
  values: Partial<Omit<Cluster, 'id' | 'uuid'>>,
): Promise<void> {
  if (Object.keys(values).length === 0) return
  await db.updateTable('cluster').set(values).where('id', '=', id).execute()
}

export async function listClusterRows(
  db: Queries,
  filter: ClusterFilter,
  page: Page,
): Promise<{ count: number; rows: Cluster[] }> {
  let query = db.selectFrom('cluster').where('cluster.removed', 'is', null)
  const exact = [
    ['cluster.id', filter.id],
    ['cluster.data_center_id', filter.zoneId],
    ['cluster.pod_id', filter.podId],
    ['cluster.name', filter.name],
    ['cluster.hypervisor_type', filter.hypervisor],
    ['cluster.cluster_type', filter.clusterType],
    ['cluster.allocation_state', filter.allocationState],
    ['cluster.managed_state', filter.managedState],
    ['cluster.arch', filter.arch],
  ] as const
  for (const [column, value] of exact) if (value !== undefined) query = query.where(column, '=', value)
  if (filter.keyword !== undefined) {
    const pattern = keywordPattern(filter.keyword)
    query = query.where((eb) =>
      eb.or([eb('cluster.name', 'like', pattern), eb('cluster.hypervisor_type', 'like', pattern)]),
    )
  }
  return selectPage(query, page, (filtered) => filtered.selectAll('cluster').orderBy('cluster.id'))
}

export type ClusterHost = {
  readonly id: number
  readonly uuid: string
  readonly name: string
  readonly arch: string
  readonly status: string
}

export async function hostsOfCluster(db: Queries, clusterId: number): Promise<ClusterHost[]> {
  return db
    .selectFrom('host')
    .select(['id', 'uuid', 'name', 'arch', 'status'])
    .where('cluster_id', '=', clusterId)
    .where('removed', 'is', null)
    .orderBy('id')
    .execute()
}

export async function poolsOfCluster(db: Queries, clusterId: number): Promise<{ uuid: string; name: string }[]> {
  return db
    .selectFrom('storage_pool')
    .select(['uuid', 'name'])
    .where('cluster_id', '=', clusterId)
    .where('removed', 'is', null)
    .execute()
}

/** The CPU that new guests of a mixed cluster get: a `<cpu>` of libvirt's. */
export const commonCpuDetail = 'alto.cpu.common'

/** Details by cluster id: over-commit ratios and scoped settings. */
export async function clusterDetails(
  db: Queries,
  clusterIds: readonly number[],
): Promise<Map<number, Record<string, string>>> {
  const details = new Map<number, Record<string, string>>()
  if (clusterIds.length === 0) return details
  const rows = await db
    .selectFrom('cluster_details')
    .selectAll()
    .where('cluster_id', 'in', [...clusterIds])
    .execute()
  for (const row of rows) {
    const of = details.get(row.cluster_id) ?? {}
    of[row.name] = row.value ?? ''
    details.set(row.cluster_id, of)
  }
  return details
}

export async function setClusterDetail(db: Queries, clusterId: number, name: string, value: string): Promise<void> {
  await db.deleteFrom('cluster_details').where('cluster_id', '=', clusterId).where('name', '=', name).execute()
  await db.insertInto('cluster_details').values({ cluster_id: clusterId, name, value }).execute()
}

/** Hypervisor types of the clusters of a zone. */
export async function hypervisorsOfZone(db: Queries, zoneId: number): Promise<string[]> {
  const rows = await db
    .selectFrom('cluster')
    .select('hypervisor_type')
    .distinct()
    .where('data_center_id', '=', zoneId)
    .where('removed', 'is', null)
    .orderBy('hypervisor_type')
    .execute()
  return rows.map((row) => row.hypervisor_type)
}
