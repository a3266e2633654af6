import type { clusterResponse, ResponseValue } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { placeNames } from '../inventory/index.ts'
import { type Cluster, clusterDetails } from './cluster.repository.ts'

export type ClusterView = ResponseValue<typeof clusterResponse>

export async function clusterViews(db: Queries, clusters: readonly Cluster[]): Promise<ClusterView[]> {
  const details = await clusterDetails(
    db,
    clusters.map((cluster) => cluster.id),
  )
  const zones = await placeNames(
    db,
    'data_center',
    clusters.map((cluster) => cluster.data_center_id),
  )
  const pods = await placeNames(
    db,
    'host_pod_ref',
    clusters.map((cluster) => cluster.pod_id),
  )
  return clusters.map((cluster): ClusterView => {
    const own = details.get(cluster.id) ?? {}
    const zone = zones.get(cluster.data_center_id)
    const pod = pods.get(cluster.pod_id)
    return {
      id: cluster.uuid,
      name: cluster.name,
      podid: pod?.uuid,
      podname: pod?.name,
      zoneid: zone?.uuid,
      zonename: zone?.name,
      hypervisortype: cluster.hypervisor_type,
      clustertype: cluster.cluster_type,
      allocationstate: cluster.allocation_state,
      managedstate: cluster.managed_state,
      cpuovercommitratio: own.cpuOvercommitRatio,
      memoryovercommitratio: own.memoryOvercommitRatio,
      resourcedetails: own,
      arch: cluster.arch,
    }
  })
}
