import { defineFault, sh } from '../fault.ts'

const units = 'libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket libvirtd-tls.socket libvirtd.service'

export const fault = defineFault({
  make: (place) => sh(place, `systemctl stop ${units}`),
  undo: (place) => sh(place, `systemctl start libvirtd.socket libvirtd-tls.socket; systemctl start libvirtd`),
  names: [{ check: 'libvirtd', status: 'fail', code: 'check.libvirtd', seen: /./, fix: /enable --now libvirtd/ }],
  heals: true,
})
