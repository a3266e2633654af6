import type { HostFilter } from './filter.ts'

/** Hosts that this operation has tried already, or that it must leave. */
export const avoidFilter: HostFilter = {
  name: 'avoid',
  applies: (demand) => demand.avoid.size > 0,
  refuse: (host, { demand }) => {
    const reason = demand.avoid.size === 0 ? undefined : demand.avoid.get(host.id)
    return reason === undefined
      ? undefined
      : { filter: 'avoid', seen: () => reason, fix: 'See the reason; start again when it is gone.' }
  },
}
