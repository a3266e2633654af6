import type { HostFilter } from './filter.ts'

/** A host holds so many guests and no more. */
export const guestsFilter: HostFilter = {
  name: 'max-guests',
  refuse: (host, { snapshot }) =>
    host.guests < snapshot.maxGuests
      ? undefined
      : {
          filter: 'max-guests',
          seen: () => `holds ${host.guests} guests, the limit is ${snapshot.maxGuests}`,
          fix: 'Raise alto.host.max.guests, or add a host.',
          short: host.guests - snapshot.maxGuests + 1,
        },
}
