import { defineFault } from '../fault.ts'

export const fault = defineFault({
  make: ({ run }) => run('ip', 'link', 'set', 'eth0', 'mtu', '1400'),
  undo: ({ run }) => run('ip', 'link', 'set', 'eth0', 'mtu', '1500'),
  names: [
    {
      check: 'mtu',
      status: 'fail',
      code: 'check.mtu',
      seen: /packets of 1500 bytes are lost, the largest that passes is 1400/,
      fix: /ip link set NIC mtu 1500/,
    },
  ],
})
