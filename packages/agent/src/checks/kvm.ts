import { type Check, failed, passed } from './check.ts'

export const kvmCheck: Check = {
  name: 'kvm',
  async run(context) {
    const { kind, reason } = await context.acceleration()
    // Emulation is slow, not broken: whether it is allowed is the cluster's setting.
    return kind === 'kvm' ? passed('kvm', reason) : failed('kvm', 'warn', reason)
  },
}
