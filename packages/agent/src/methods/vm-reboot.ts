import { hostRefusal, type Params } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { DomainRebootFlagValues, type DomainRef, isLibvirtError } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { mutatingMethod } from '../journal/host-method.ts'

export const vmReboot = mutatingMethod('vm.reboot', {
  async run(context, params, job) {
    const domain = await context.libvirt.find(params.vm.instanceName)
    if (domain?.uuid !== params.vm.uuid) {
      throw hostRefusal(agentFailure('vm.absent', `No guest ${params.vm.instanceName} runs here`))
    }
    if (!params.forced && params.graceMs > 0 && (await byGuest(context, domain, params, job.signal)))
      return { how: 'reboot' }
    await context.libvirt.use((client) => client.domain.reset(domain))
    return { how: 'reset' }
  },
  // Whether a guest has rebooted cannot be seen afterwards; once more does no harm, and the server asks again.
  probe: async () => ({ effect: 'absent' }),
})

/** Asks the guest by ACPI and waits for libvirt's word that it did. */
async function byGuest(
  context: HostContext,
  domain: DomainRef,
  params: Params<'vm.reboot'>,
  signal: AbortSignal,
): Promise<boolean> {
  return await context.libvirt.use(async (client) => {
    let happened = false
    const subscription = await client.on(
      'reboot',
      () => {
        happened = true
      },
      domain,
    )
    try {
      await client.domain.reboot(domain, DomainRebootFlagValues.ACPI_POWER_BTN)
      const until = context.runtime.monotonic() + params.graceMs
      while (!happened && context.runtime.monotonic() < until) await context.runtime.sleep(100, signal)
    } catch (error) {
      if (!isLibvirtError(error, 'OPERATION_FAILED', 'OPERATION_INVALID', 'NO_SUPPORT')) throw error
    } finally {
      await subscription.close()
    }
    return happened
  })
}
