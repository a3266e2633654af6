import { defineFault } from '../fault.ts'

export const fault = defineFault({
  make: ({ run }) => run('chown', '1000', '/var/lib/altostack/agent'),
  undo: ({ run }) => run('chown', '0', '/var/lib/altostack/agent'),
  names: [{ check: 'file-modes', status: 'fail', code: 'check.file-modes', seen: /of user 1000/, fix: /chown/ }],
  heals: true,
})
