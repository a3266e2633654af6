import type { HostFilter } from './filter.ts'

/** Only hosts that the administrator offers: Enabled, or Disabled where root administrators may use disabled ones. */
export const resourceStateFilter: HostFilter = {
  name: 'resource-state',
  refuse: (host, { demand }) =>
    host.resourceState === 'Enabled' || (host.resourceState === 'Disabled' && demand.allowDisabled)
      ? undefined
      : {
          filter: 'resource-state',
          seen: () => `has resource state ${host.resourceState}`,
          fix: 'Enable it with updateHost allocationstate=Enable, or cancel its maintenance.',
        },
}
