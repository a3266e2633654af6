import type { Params } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { DomainDeviceModifyFlags, type DomainRef } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { type Job, mutatingMethod } from '../journal/host-method.ts'
import { isLibvirtCode } from '../libvirt/libvirt.ts'
import { driverOf } from '../storage/drivers.ts'
import { guestDisk } from '../vm/guest-disk.ts'
import { writeXml } from '../xml/parse-xml.ts'

const pollMs = 200
/** A guest that still boots does not hear the request: it is repeated. */
const askMs = 5000

export const volumeDetach = mutatingMethod('volume.detach', {
  async run(context, params, job) {
    await context.guests(params.vm.instanceName, async () => {})
    await detach(context, params, job)
    await context.pools.use(params.pool, () =>
      driverOf(params.pool).deactivate(context, params.pool, params.volumeUuid),
    )
    return {}
  },
  async probe(context, params) {
    const domain = await context.libvirt.find(params.vm.instanceName)
    if (domain?.uuid !== params.vm.uuid) return { effect: 'done', result: {} }
    const found = await guestDisk(context, domain, params.pool, params.volumeUuid)
    return found === undefined ? { effect: 'done', result: {} } : { effect: 'absent' }
  },
})

/**
 * libvirt takes the disk out of the guest's definition when QEMU reports that the device is deleted, not before: until
 * then the guest may write. A guest that is gone has let go of everything.
 */
async function detach(context: HostContext, params: Params<'volume.detach'>, job: Job): Promise<void> {
  const { runtime } = context
  const until = runtime.monotonic() + params.timeoutMs
  let asked = Number.NEGATIVE_INFINITY
  for (;;) {
    const domain = await context.libvirt.find(params.vm.instanceName)
    if (domain?.uuid !== params.vm.uuid) return
    const disk = await guestDisk(context, domain, params.pool, params.volumeUuid)
    if (disk === undefined) return
    const now = runtime.monotonic()
    if (now >= until && asked > Number.NEGATIVE_INFINITY) {
      // The request stands: the guest may still obey it, so the effect is possible.
      throw agentFailure('volume.not-released', `The guest ${domain.name} keeps the disk ${disk.target}`, {
        seen: `asked for ${Math.round(params.timeoutMs / 1000)} s; ${disk.target} (${disk.bus}) is still there`,
      })
    }
    if (now - asked >= askMs) {
      asked = now
      await ask(context, domain, writeXml(disk.element).text)
    }
    await runtime.sleep(pollMs, job.signal)
  }
}

async function ask(context: HostContext, domain: DomainRef, disk: string): Promise<void> {
  try {
    await context.libvirt.use((client) => client.domain.detachDevice(domain, disk, DomainDeviceModifyFlags.LIVE))
  } catch (error) {
    // Asked before, gone meanwhile, or busy: the next look at the guest says which.
    if (
      !isLibvirtCode(error, 'OPERATION_FAILED', 'OPERATION_INVALID', 'DEVICE_MISSING', 'NO_DOMAIN', 'INTERNAL_ERROR')
    ) {
      throw error
    }
    context.log.debug({ error: String(error) }, 'the guest could not be asked to give the disk back')
  }
}
