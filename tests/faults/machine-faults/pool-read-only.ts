import { defineFault, sh } from '../fault.ts'

const path = `$(findmnt -l -n -o TARGET -t nfs4 | head -n 1)`

export const fault = defineFault({
  make: (place) => sh(place, `mount -o remount,ro ${path}`),
  undo: (place) => sh(place, `mount -o remount,rw ${path}`),
  names: [
    { check: 'root-write', status: 'fail', code: 'pool.read-only', seen: /Read-only file system/, fix: /findmnt/ },
  ],
})
