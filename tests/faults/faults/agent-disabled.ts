import { defineFault } from '../fault.ts'

export const fault = defineFault({
  make: ({ run }) => run('systemctl', 'disable', 'altostack-agent'),
  undo: ({ run }) => run('systemctl', 'enable', 'altostack-agent'),
  names: [
    {
      check: 'agent-service',
      status: 'warn',
      code: 'check.agent-service',
      seen: /does not start at boot/,
      fix: /enable/,
    },
  ],
  heals: true,
})
