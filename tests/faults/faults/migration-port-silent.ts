import { defineFault, sh } from '../fault.ts'

export const fault = defineFault({
  make: (place) => sh(place, 'systemctl stop libvirtd.service libvirtd-tls.socket; systemctl start libvirtd.service'),
  undo: (place) =>
    sh(place, 'systemctl is-active -q libvirtd-tls.socket || systemctl restart libvirtd.socket libvirtd-tls.socket'),
  names: [
    { check: 'migration-port', status: 'fail', code: 'vm.migration-port', seen: /nobody listens/, fix: /tls\.socket/ },
  ],
  heals: true,
})
