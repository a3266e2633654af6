import { defineFault } from '../fault.ts'

export const fault = defineFault({
  make: ({ run }) => run('mount', '-o', 'remount,bind,ro', '/mnt/shared'),
  undo: ({ run }) => run('mount', '-o', 'remount,bind,rw', '/mnt/shared'),
  names: [
    { check: 'root-write', status: 'fail', code: 'pool.read-only', seen: /Read-only file system/, fix: /findmnt/ },
  ],
})
