import { defineFault } from '../fault.ts'

export const fault = defineFault({
  make: ({ host }) => host.freeze(),
  undo: ({ host }) => host.thaw(),
  names: [
    {
      check: 'reachable',
      status: 'fail',
      code: 'host.unreachable',
      seen: /answers ping, but neither SSH/,
      fix: /console of the host/,
    },
  ],
  cutsOff: true,
})
