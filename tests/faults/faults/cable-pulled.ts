import { defineFault } from '../fault.ts'

export const fault = defineFault({
  make: ({ host }) => host.unplug(),
  undo: ({ host }) => host.plug(),
  names: [
    { check: 'reachable', status: 'fail', code: 'host.unreachable', seen: /answers nothing: no ping/, fix: /cable/ },
  ],
  cutsOff: true,
})
