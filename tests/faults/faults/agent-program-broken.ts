import { defineFault } from '../fault.ts'

export const fault = defineFault({
  make: ({ run }) => run('chmod', '000', '/usr/bin/altostack-agent'),
  undo: ({ run }) => run('chmod', '755', '/usr/bin/altostack-agent'),
  names: [
    {
      check: 'runtime',
      status: 'fail',
      code: 'check.runtime',
      seen: /denied|EACCES|cannot be started/,
      fix: /addHost again/,
    },
  ],
})
