import type { ClusterFilter } from './filter.ts'

/** The asked pod when one is named, and only enabled pods. */
export const podFilter: ClusterFilter = {
  name: 'pod',
  refuse: ({ demand, pod, cluster }) => {
    if (demand.podId !== undefined && cluster.podId !== demand.podId) {
      return {
        filter: 'pod',
        seen: () => `is in pod ${pod?.name ?? cluster.podId}, another one than asked`,
        fix: 'Leave podid out.',
      }
    }
    if (pod?.enabled === true || demand.allowDisabled) return undefined
    return {
      filter: 'pod',
      seen: () => `is in pod ${pod?.name ?? cluster.podId}, which is Disabled`,
      fix: 'Enable the pod with updatePod allocationstate=Enabled.',
    }
  },
}
