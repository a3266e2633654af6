import { defineFault } from '../fault.ts'

export const fault = defineFault({
  make: ({ run }) => run('mount', '-t', 'tmpfs', 'tmpfs', '/mnt/shared'),
  undo: ({ run }) => run('umount', '/mnt/shared'),
  names: [{ check: 'mount', status: 'fail', code: 'pool.marker', seen: /tmpfs.*no marker/, fix: /same file system/ }],
})
