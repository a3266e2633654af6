import { defineFault, sh } from '../fault.ts'

/** Somebody flushed the rules of the host. */
export const fault = defineFault({
  // The server writes it again when the host connects: that is over by then.
  make: (place) =>
    sh(place, `sleep 2; nft delete table inet altostack_guard_${place.hostId.replaceAll('-', '').slice(0, 8)}`),
  undo: async () => {},
  names: [{ check: 'guard', status: 'warn', code: 'check.guard', seen: /table is gone/, fix: /doctor HOST --fix/ }],
  heals: true,
})
