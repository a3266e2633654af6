import { hostRefusal } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { mutatingMethod } from '../host-method.ts'

export const vmReboot = mutatingMethod('vm.reboot', {
  async run({ hypervisor, runtime, profile }, { vm, forced, graceMs }, job) {
    const domain = hypervisor.domains.get(vm.instanceName)
    if (domain?.uuid !== vm.uuid) {
      throw hostRefusal(agentFailure('vm.absent', `No guest ${vm.instanceName} runs here`))
    }
    if (!forced && graceMs > 0) {
      const obeys = !domain.deaf && profile.guestShutdownMs <= graceMs
      await runtime.sleep(obeys ? profile.guestShutdownMs : graceMs, job.signal)
      if (obeys) return { how: 'reboot' }
    }
    return { how: 'reset' }
  },
  // Whether a guest has rebooted cannot be seen afterwards; once more does no harm.
  probe: () => ({ effect: 'absent' }),
})
