import type { Demand } from '../demand.ts'
import type { ClusterView, HostView } from '../snapshot.ts'

/** 0 to 1: the scarcer of free CPU and free memory after the VM is there. Fuller hosts weigh less, so VMs spread. */
export function freeCapacityWeight(host: HostView, cluster: ClusterView, demand: Demand): number {
  const cpu = host.cpuTotal * cluster.cpuRatio
  const memory = host.memoryTotal * cluster.memoryRatio
  const cpuFree = cpu <= 0 ? 0 : (cpu - host.cpuTaken - demand.cpus * demand.mhz) / cpu
  const memoryFree = memory <= 0 ? 0 : (memory - host.memoryTaken - demand.memoryBytes) / memory
  return Math.min(cpuFree, memoryFree)
}
