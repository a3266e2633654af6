import { defineFault, sh } from '../fault.ts'

export const fault = defineFault({
  make: (place) => sh(place, `cp /etc/hosts /root/hosts; echo '127.0.0.1 localhost' > /etc/hosts`),
  undo: (place) => sh(place, 'cat /root/hosts > /etc/hosts'),
  names: [{ check: 'name', status: 'fail', code: 'check.name', seen: /h1 does not resolve/, fix: /\/etc\/hosts/ }],
  heals: true,
})
