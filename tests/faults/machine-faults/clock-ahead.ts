import { defineFault, sh } from '../fault.ts'

/** The machine has a clock of its own, unlike a container. */
export const fault = defineFault({
  make: (place) => sh(place, 'date -s "+20 seconds"'),
  undo: (place) => sh(place, 'date -s "-20 seconds"'),
  names: [{ check: 'clock', status: 'fail', code: 'host.clock', seen: /(1[89]|2[0-2])\.\d\d s ahead/, fix: /chrony/ }],
})
