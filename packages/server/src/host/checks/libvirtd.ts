import { complaint, failed, type HostCheck, passed } from './host-check.ts'

const units = ['libvirtd.service', 'virtqemud.service', 'libvirtd.socket', 'virtqemud.socket'] as const
const fix =
  'apt-get install libvirt-daemon-system; systemctl enable --now libvirtd; journalctl -u libvirtd says why not.'

export const libvirtdCheck: HostCheck = {
  name: 'libvirtd',
  args: () => ['systemctl', 'is-active', ...units],
  judge(end) {
    const states = end.stdout.trim().split('\n')
    if (states.length !== units.length) return failed('libvirtd', 'check.libvirtd', complaint(end), fix)
    const of = (unit: (typeof units)[number]): string => states[units.indexOf(unit)] ?? 'unknown'
    const seen = `libvirtd ${of('libvirtd.service')}, virtqemud ${of('virtqemud.service')}`
    for (const daemon of ['libvirtd', 'virtqemud'] as const) {
      if (of(`${daemon}.service`) === 'active') return passed('libvirtd', `${daemon} is active`)
      // An idle daemon ends by itself; its socket starts it again. A failed one does not.
      if (of(`${daemon}.socket`) === 'active' && of(`${daemon}.service`) === 'inactive') {
        return passed('libvirtd', `${daemon} starts by its socket`)
      }
    }
    return failed('libvirtd', 'check.libvirtd', seen, fix)
  },
}
