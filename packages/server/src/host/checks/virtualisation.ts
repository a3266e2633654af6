import { failed, type HostCheck, passed, warned } from './host-check.ts'

const fix = 'Switch on VT-x or AMD-V in the firmware, or allow emulation by alto.kvm.emulation.allowed of the cluster.'

export const virtualisationCheck: HostCheck = {
  name: 'virtualisation',
  args: () => ['grep', '-m1', '-owE', 'vmx|svm', '/proc/cpuinfo'],
  judge(end, place) {
    const flag = end.stdout.trim().split('\n')[0] ?? ''
    if (flag !== '') return passed('virtualisation', `${flag} in /proc/cpuinfo`)
    // Other architectures than x86_64 have no such flag; /dev/kvm alone decides.
    if (place.arch !== 'x86_64') return passed('virtualisation', `no such flag on ${place.arch}`)
    const seen = 'neither vmx nor svm in /proc/cpuinfo'
    return place.emulationAllowed
      ? warned('virtualisation', 'check.virtualisation', `${seen}; emulation is allowed`, fix)
      : failed('virtualisation', 'check.virtualisation', seen, fix)
  },
}
