import { defineFault, sh } from '../fault.ts'

export const fault = defineFault({
  make: (place) =>
    sh(
      place,
      'mount -t tmpfs -o size=1m tmpfs /var/lib/libvirt/images && head -c 1m /dev/zero > /var/lib/libvirt/images/big; true',
    ),
  undo: ({ run }) => run('umount', '/var/lib/libvirt/images'),
  names: [{ check: 'space', status: 'fail', code: 'check.space', seen: /images: 0 MiB free/, fix: /du -xh/ }],
})
