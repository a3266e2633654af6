import type { HostFilter } from './filter.ts'

/** Only hosts whose agent is there. */
export const statusFilter: HostFilter = {
  name: 'status',
  refuse: (host) =>
    host.status === 'Up'
      ? undefined
      : {
          filter: 'status',
          seen: () =>
            host.awaited
              ? `is ${host.status} and not back yet since the management server ended`
              : `is ${host.status}, not Up`,
          fix: host.awaited
            ? 'Wait: its agent connects by itself; if not, look at cloudstack-agent on the host.'
            : 'Find out why with listEvidence of the host.',
          ...(host.awaited ? { passes: true } : {}),
        },
}
