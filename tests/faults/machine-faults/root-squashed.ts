import { defineFault, sh } from '../fault.ts'

const path = `$(findmnt -l -n -o TARGET -t nfs4 | head -n 1)`

/** Somebody exported it anew without no_root_squash: here another export that squashes, over the pool. */
export const fault = defineFault({
  make: (place) =>
    sh(place, `mount -t nfs4 ${place.env.lab.nas?.addresses[0]}:${place.env.lab.nas?.exports.squashed} ${path}`),
  // The helper of NFS would unmount what lies below as well.
  undo: (place) => sh(place, `umount -i ${path}`),
  names: [
    { check: 'root-write', status: 'fail', code: 'pool.read-only', seen: /squashes root/, fix: /no_root_squash/ },
  ],
})
