import { defineFault } from '../fault.ts'

export const fault = defineFault({
  make: ({ host }) => host.unplug(),
  undo: ({ host }) => host.plug(),
  names: [
    { check: 'reachable', status: 'fail', code: 'host.unreachable', seen: /answers nothing: no ping/, fix: /cable/ },
    { check: 'heartbeat', status: 'fail', code: 'check.heartbeat', seen: /heard of/, fix: /8250|altostack-agent/ },
  ],
  cutsOff: true,
})
