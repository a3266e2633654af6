import { defineFault, sh } from '../fault.ts'

export const fault = defineFault({
  make: (place) =>
    sh(
      place,
      'findmnt -l -n -o SOURCE,TARGET -t nfs4 | head -n 1 > /root/mount; umount -l $(cut -d" " -f2- /root/mount)',
    ),
  undo: (place) => sh(place, 'set -- $(cat /root/mount); findmnt -n "$2" > /dev/null || mount -t nfs4 "$1" "$2"'),
  names: [{ check: 'mount', status: 'fail', code: 'pool.path', seen: /is not mounted/, fix: /mount -t nfs/ }],
})
