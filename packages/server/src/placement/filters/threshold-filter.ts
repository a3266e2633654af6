import { percentText } from '../refusal.ts'
import type { ClusterFilter } from './filter.ts'

/** A cluster keeps a rest free: above the thresholds nothing new starts in it. */
export const thresholdFilter: ClusterFilter = {
  name: 'threshold',
  refuse: ({ demand, cluster, use }) => {
    if (demand.moving) return undefined
    // What the VM has reserved in this cluster is in the sums already and will not be claimed twice.
    const own = demand.reserved?.clusterId === cluster.id ? demand.reserved : { cpu: 0, memory: 0 }
    const cpuAfter = (use.cpuTaken - own.cpu + demand.cpus * demand.mhz) / use.cpuTotal
    if (cpuAfter > cluster.cpuThreshold) {
      return {
        filter: 'cluster-cpu-threshold',
        seen: () =>
          `is in cluster ${cluster.name}, whose CPU would be ${percentText(cpuAfter)} allocated; the threshold is ${percentText(cluster.cpuThreshold)}`,
        fix: 'Add a host, or raise cluster.cpu.allocated.capacity.disablethreshold of the cluster.',
      }
    }
    const memoryAfter = (use.memoryTaken - own.memory + demand.memoryBytes) / use.memoryTotal
    if (memoryAfter > cluster.memoryThreshold) {
      return {
        filter: 'cluster-memory-threshold',
        seen: () =>
          `is in cluster ${cluster.name}, whose memory would be ${percentText(memoryAfter)} allocated; the threshold is ${percentText(cluster.memoryThreshold)}`,
        fix: 'Add a host, or raise cluster.memory.allocated.capacity.disablethreshold of the cluster.',
      }
    }
    return undefined
  },
}
