import { complaint, defineCheck, fail, ok } from './define-check.ts'

const units = ['libvirtd.service', 'virtqemud.service', 'libvirtd.socket', 'virtqemud.socket'] as const

export const libvirtdCheck = defineCheck({
  name: 'libvirtd',
  proves: 'libvirtd (or virtqemud) runs, or starts by its socket.',
  code: 'check.libvirtd',
  at: ['join', 'doctor'],
  seenBy: 'host',
  repair: 'libvirtd',
  args: () => ['systemctl', 'is-active', ...units],
  judge(end) {
    const states = end.stdout.trim().split('\n')
    if (states.length !== units.length) return fail(complaint(end))
    const of = (unit: (typeof units)[number]): string => states[units.indexOf(unit)] ?? 'unknown'
    const seen = `libvirtd ${of('libvirtd.service')}, virtqemud ${of('virtqemud.service')}`
    for (const daemon of ['libvirtd', 'virtqemud'] as const) {
      if (of(`${daemon}.service`) === 'active') return ok(`${daemon} is active`)
      // An idle daemon ends by itself; its socket starts it again. A failed one does not.
      if (of(`${daemon}.socket`) === 'active' && of(`${daemon}.service`) === 'inactive') {
        return ok(`${daemon} starts by its socket`)
      }
    }
    return fail(seen)
  },
})
