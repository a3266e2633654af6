import { defineFault } from '../fault.ts'

export const fault = defineFault({
  make: ({ run }) => run('chmod', '700', '/var/lib/libvirt/images'),
  undo: ({ run }) => run('chmod', '711', '/var/lib/libvirt/images'),
  names: [{ check: 'file-modes', status: 'fail', code: 'check.file-modes', seen: /images is 700/, fix: /chmod/ }],
  heals: true,
})
