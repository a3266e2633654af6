import { defineFault, sh } from '../fault.ts'

const path = `$(findmnt -l -n -o TARGET -t nfs4 | head -n 1)`

/**
 * Somebody exported it anew without no_root_squash: here another export that squashes, over the pool. Both lie on one file
 * system of the server; the kernel mounts that a second time at one place only with a superblock of its own.
 */
export const fault = defineFault({
  make: async (place) => {
    const { nas } = place.env.lab
    await sh(place, `mount -t nfs4 -o nosharecache ${nas?.addresses[0]}:${nas?.exports.squashed} ${path}`)
  },
  // The helper of NFS would unmount what lies below as well.
  undo: (place) => sh(place, `umount -i ${path}`),
  names: [
    { check: 'root-write', status: 'fail', code: 'pool.read-only', seen: /squashes root/, fix: /no_root_squash/ },
  ],
})
