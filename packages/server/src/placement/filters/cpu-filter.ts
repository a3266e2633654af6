import type { HostFilter } from './filter.ts'

/** Free MHz with over-commit; what the VM itself has reserved here counts as free. */
export const cpuFilter: HostFilter = {
  name: 'cpu',
  refuse: (host, { demand, cluster }) => {
    const limit = Math.floor(host.cpuTotal * cluster.cpuRatio)
    const own = demand.reserved?.hostId === host.id ? demand.reserved.cpu : 0
    const free = limit - host.cpuTaken + own
    const asked = demand.cpus * demand.mhz
    if (asked <= free) return undefined
    return {
      filter: 'cpu',
      seen: () =>
        `has ${Math.max(free, 0)} MHz of CPU free of ${limit} (over-commit ${cluster.cpuRatio}), ${asked} are asked: ${asked - free} MHz short`,
      fix: 'Stop or move a virtual machine, add a host, or raise cpuovercommitratio of the cluster.',
      short: asked - free,
    }
  },
}
