import type { Params } from '@altostack/agent-api'
import { agentFailure, type JsonObject } from '@altostack/core'
import { DomainDestroyFlagsValues, type DomainRef, DomainShutdownFlagValues } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { type Job, mutatingMethod } from '../journal/host-method.ts'
import { isLibvirtCode } from '../libvirt/libvirt.ts'
import { dismissNics } from '../network/guest-nics.ts'
import { letGo, volumesOfGuest } from '../storage/guest-volumes.ts'

const pollMs = 250
/** A guest that still boots does not hear the button: it is pressed again. */
const pressMs = 5000

export const vmStop = mutatingMethod('vm.stop', {
  async run(context, params, job) {
    // A start of the same guest that is under way ends first, so that it cannot outlive its stop.
    await context.guests(params.vm.instanceName, async () => {})
    const before = await guest(context, params)
    const volumes = before === undefined ? [] : await volumesOfGuest(context, before)
    const how = await end(context, params, job)
    await letGo(context, volumes)
    await dismissNics(context, params.vm.instanceName)
    return { how }
  },
  async probe(context, params) {
    if ((await guest(context, params)) !== undefined) return { effect: 'absent' }
    await dismissNics(context, params.vm.instanceName)
    return { effect: 'done', result: { how: 'absent' } satisfies JsonObject }
  },
})

/** The guest of that name if it is the one that was meant: another of the same name is not touched. */
async function guest(context: HostContext, { vm }: Params<'vm.stop'>): Promise<DomainRef | undefined> {
  const domain = await context.libvirt.find(vm.instanceName)
  return domain?.uuid === vm.uuid ? domain : undefined
}

/** Asks by ACPI, waits, then destroys. Answers how it ended: absent, shutdown or destroyed. */
async function end(context: HostContext, params: Params<'vm.stop'>, job: Job): Promise<string> {
  const { libvirt, runtime } = context
  const domain = await guest(context, params)
  if (domain === undefined) return 'absent'
  if (params.graceMs > 0) {
    const until = runtime.monotonic() + params.graceMs
    let pressed = Number.NEGATIVE_INFINITY
    while (runtime.monotonic() < until) {
      if (runtime.monotonic() - pressed >= pressMs) {
        pressed = runtime.monotonic()
        // A guest that cannot be asked (no ACPI yet, paused) is waited for all the same, then destroyed.
        await libvirt
          .use((client) => client.domain.shutdown(domain, DomainShutdownFlagValues.ACPI_POWER_BTN))
          .catch((error: unknown) => ignoreLibvirt(context, error))
      }
      if ((await guest(context, params)) === undefined) return 'shutdown'
      await runtime.sleep(pollMs, job.signal)
    }
  }
  try {
    await libvirt.use((client) =>
      client.domain.destroy(domain, DomainDestroyFlagsValues.DEFAULT, { timeoutMs: 60_000 }),
    )
  } catch (error) {
    if (isLibvirtCode(error, 'NO_DOMAIN', 'OPERATION_INVALID')) return 'shutdown'
    throw error
  }
  if ((await guest(context, params)) !== undefined) {
    throw agentFailure('vm.stop', `The guest ${params.vm.instanceName} is still there after its end`, {
      seen: 'libvirt lists it',
    })
  }
  return 'destroyed'
}

function ignoreLibvirt(context: HostContext, error: unknown): void {
  if (!isLibvirtCode(error, 'NO_DOMAIN', 'OPERATION_INVALID', 'OPERATION_FAILED', 'NO_SUPPORT')) throw error
  context.log.debug({ error: String(error) }, 'the guest could not be asked to shut down')
}
