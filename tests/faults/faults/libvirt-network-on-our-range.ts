import { defineFault, sh } from '../fault.ts'

export const fault = defineFault({
  make: (place) =>
    sh(
      place,
      `ip link add virbr0 type bridge; ip address add ${place.host.ip.replace(/\.\d+$/, '.110')}/28 dev virbr0`,
    ),
  undo: ({ run }) => run('ip', 'link', 'delete', 'virbr0'),
  names: [
    {
      check: 'default-network',
      status: 'warn',
      code: 'check.default-network',
      seen: /network guests/,
      fix: /net-destroy/,
    },
  ],
})
