import type { ClusterFilter } from './filter.ts'

/** The asked cluster when one is named; only enabled and managed clusters. */
export const clusterFilter: ClusterFilter = {
  name: 'cluster',
  refuse: ({ demand, cluster }) => {
    if (demand.clusterId !== undefined && cluster.id !== demand.clusterId) {
      return {
        filter: 'cluster',
        seen: () => `is in cluster ${cluster.name}, another one than asked`,
        fix: 'Leave clusterid out.',
      }
    }
    if (!cluster.managed) {
      return {
        filter: 'cluster',
        seen: () => `is in cluster ${cluster.name}, which is not Managed`,
        fix: 'Manage the cluster with updateCluster managedstate=Managed.',
      }
    }
    if (cluster.enabled || demand.allowDisabled) return undefined
    return {
      filter: 'cluster',
      seen: () => `is in cluster ${cluster.name}, which is Disabled`,
      fix: 'Enable the cluster with updateCluster allocationstate=Enabled.',
    }
  },
}
