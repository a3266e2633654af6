import { bytesText } from '../refusal.ts'
import type { HostFilter } from './filter.ts'

/** Free memory with over-commit; what the VM itself has reserved here counts as free. */
export const memoryFilter: HostFilter = {
  name: 'memory',
  refuse: (host, { demand, cluster }) => {
    const limit = Math.floor(host.memoryTotal * cluster.memoryRatio)
    const own = demand.reserved?.hostId === host.id ? demand.reserved.memory : 0
    const free = limit - host.memoryTaken + own
    if (demand.memoryBytes <= free) return undefined
    return {
      filter: 'memory',
      seen: () =>
        `has ${bytesText(Math.max(free, 0))} of memory free of ${bytesText(limit)} (over-commit ${cluster.memoryRatio}), ${bytesText(demand.memoryBytes)} are asked: ${bytesText(demand.memoryBytes - free)} short`,
      fix: 'Stop or move a virtual machine, add a host, or raise memoryovercommitratio of the cluster.',
      short: demand.memoryBytes - free,
    }
  },
}
