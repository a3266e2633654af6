import { defineFault, sh } from '../fault.ts'

const nic = '$(ls /sys/class/net/cloudbr0/brif | grep -v vnet | head -n 1)'

export const fault = defineFault({
  make: (place) => sh(place, `ethtool -G ${nic} rx 64 tx 64`),
  undo: (place) => sh(place, `ethtool -G ${nic} rx 256 tx 256; rm -f /etc/udev/rules.d/71-altostack-ring-*`),
  names: [
    { check: 'ring-buffers', status: 'warn', code: 'check.ring-buffers', seen: /rx 64 of 256/, fix: /ethtool -G/ },
  ],
  heals: true,
})
