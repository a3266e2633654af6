import { defineCheck, fail, ok, warn } from './define-check.ts'

export const virtualisationCheck = defineCheck({
  name: 'virtualisation',
  proves: 'The CPU shows vmx or svm.',
  code: 'check.virtualisation',
  at: ['join', 'doctor'],
  seenBy: 'host',
  args: () => ['grep', '-m1', '-owE', 'vmx|svm', '/proc/cpuinfo'],
  judge(end, subject) {
    const flag = end.stdout.trim().split('\n')[0] ?? ''
    if (flag !== '') return ok(`${flag} in /proc/cpuinfo`)
    // Other architectures than x86_64 have no such flag; /dev/kvm alone decides.
    if (subject.arch !== 'x86_64') return ok(`no such flag on ${subject.arch}`)
    const seen = 'neither vmx nor svm in /proc/cpuinfo'
    return subject.emulationAllowed ? warn(`${seen}; emulation is allowed`) : fail(seen)
  },
})
