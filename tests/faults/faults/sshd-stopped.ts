import { defineFault, sh } from '../fault.ts'

export const fault = defineFault({
  make: (place) => sh(place, 'systemctl stop ssh'),
  undo: (place) => sh(place, 'systemctl start ssh'),
  names: [{ check: 'ssh', status: 'warn', code: 'check.ssh', seen: /ECONNREFUSED/, fix: /start sshd/ }],
  heals: true,
})
