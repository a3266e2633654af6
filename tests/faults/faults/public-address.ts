import { defineFault } from '../fault.ts'

export const fault = defineFault({
  make: ({ run }) => run('ip', 'address', 'add', '203.0.113.7/32', 'dev', 'cloudbr0'),
  undo: ({ run }) => run('ip', 'address', 'delete', '203.0.113.7/32', 'dev', 'cloudbr0'),
  names: [
    {
      check: 'public-address',
      status: 'warn',
      code: 'check.public-address',
      seen: /203\.0\.113\.7/,
      fix: /address delete/,
    },
  ],
})
