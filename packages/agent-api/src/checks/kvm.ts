import { trialGuestArguments, trialGuestImage, trialGuestMs, trialGuestRan } from '../trial-guest.ts'
import { complaint, defineCheck, fail, ok, warn } from './define-check.ts'

const noDevice = 90
const noQemu = 91

/** Fixed text: the image comes by standard input, the arguments as arguments. */
const script = [
  `test -c /dev/kvm || exit ${noDevice}`,
  `command -v qemu-system-x86_64 > /dev/null || exit ${noQemu}`,
  'image=$(mktemp) || exit 1',
  'cat > "$image"',
  'timeout -s KILL "$1" qemu-system-x86_64 $2 -drive "file=$image,format=raw,if=floppy,readonly=on"',
  'code=$?; rm -f "$image"; exit $code',
].join('\n')

/** A guest is really started under /dev/kvm: the device's existence proves nothing. */
export const kvmCheck = defineCheck({
  name: 'kvm',
  proves: 'A trial guest really runs under /dev/kvm.',
  code: 'check.kvm',
  at: ['join', 'doctor'],
  seenBy: 'host',
  input: trialGuestImage(),
  timeoutMs: trialGuestMs + 7000,
  args: () => ['sh', '-c', script, 'trial', String(trialGuestMs / 1000), trialGuestArguments.join(' ')],
  judge(end, subject) {
    if (end.code === trialGuestRan) return ok('a trial guest ran under /dev/kvm')
    if (end.code === noQemu) {
      const later = 'The agent package brings QEMU; the trial is made after it is installed.'
      return warn('QEMU is not installed yet: /dev/kvm could not be tried', later)
    }
    const seen =
      end.code === noDevice
        ? 'This machine does not have KVM enabled: there is no /dev/kvm'
        : `/dev/kvm is there, but a trial guest did not run: ${end.code === 137 ? `no end within ${trialGuestMs / 1000} s` : complaint(end)}`
    return subject.emulationAllowed ? warn(`${seen}; emulation is allowed`) : fail(seen)
  },
})
