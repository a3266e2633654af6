import type { ClusterFilter } from './filter.ts'

/** The template's hypervisor and architecture must be the cluster's. */
export const hypervisorFilter: ClusterFilter = {
  name: 'hypervisor',
  refuse: ({ demand, cluster }) => {
    if (cluster.hypervisor.toLowerCase() !== demand.hypervisor.toLowerCase()) {
      return {
        filter: 'hypervisor',
        seen: () => `runs ${cluster.hypervisor}, the template needs ${demand.hypervisor}`,
        fix: `Use a template of hypervisor ${cluster.hypervisor}.`,
      }
    }
    if (cluster.arch === demand.arch) return undefined
    return {
      filter: 'arch',
      seen: () => `is ${cluster.arch}, the template needs ${demand.arch}`,
      fix: `Use a template of architecture ${cluster.arch}.`,
    }
  },
}
