import type { HostFilter } from './filter.ts'

/** The host an administrator named, and no other. */
export const chosenHostFilter: HostFilter = {
  name: 'chosen-host',
  applies: (demand) => demand.hostId !== undefined,
  refuse: (host, { demand }) =>
    demand.hostId === undefined || host.id === demand.hostId
      ? undefined
      : { filter: 'chosen-host', seen: () => 'is not the host that was asked for', fix: 'Leave hostid out.' },
}
