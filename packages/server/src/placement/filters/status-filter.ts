import type { HostFilter } from './filter.ts'

/** Only hosts whose agent is there. */
export const statusFilter: HostFilter = {
  name: 'status',
  refuse: (host) =>
    host.status === 'Up'
      ? undefined
      : {
          filter: 'status',
          seen: () => `is ${host.status}, not Up`,
          fix: 'Find out why with listEvidence of the host.',
        },
}
