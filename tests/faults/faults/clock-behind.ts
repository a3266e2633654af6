import { defineFault } from '../fault.ts'

export const fault = defineFault({
  make: ({ host }) => host.setClock(-30),
  undo: ({ host }) => host.setClock(0),
  names: [{ check: 'clock', status: 'fail', code: 'host.clock', seen: /(29|30)\.\d\d s behind/, fix: /chrony/ }],
  cutsOff: true,
})
