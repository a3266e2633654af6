import type { HostFilter } from './filter.ts'

/** One guest cannot have more cores, or faster ones, than the host itself. */
export const cpuCapabilityFilter: HostFilter = {
  name: 'cpu-capability',
  refuse: (host, { demand }) => {
    if (host.cores < demand.cpus) {
      return {
        filter: 'cpu-cores',
        seen: () => `has ${host.cores} cores, the virtual machine asks for ${demand.cpus}`,
        fix: 'Use an offering with fewer cores.',
        short: demand.cpus - host.cores,
      }
    }
    if (host.mhz < demand.mhz) {
      return {
        filter: 'cpu-speed',
        seen: () => `runs at ${host.mhz} MHz, the virtual machine asks for ${demand.mhz} MHz a core`,
        fix: 'Use an offering with a lower CPU speed.',
        short: demand.mhz - host.mhz,
      }
    }
    return undefined
  },
}
