import type { HostFilter } from './filter.ts'

/** Tags of the offering and of the template, all of them. */
export const tagFilter: HostFilter = {
  name: 'host-tags',
  applies: (demand) => demand.hostTags.length > 0,
  refuse: (host, { demand }) => {
    for (const tag of demand.hostTags) {
      if (!host.tags.includes(tag)) {
        return {
          filter: 'host-tags',
          seen: () =>
            `lacks host tag ${demand.hostTags.filter((wanted) => !host.tags.includes(wanted)).join(', ')} (has ${host.tags.join(', ') || 'none'})`,
          fix: 'Add the tag with updateHost hosttags, or use an offering without it.',
        }
      }
    }
    return undefined
  },
}
