import { hostRefusal, type Params } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { hasDisk, requireFile, requireGuest } from '../guest-disk.ts'
import type { HostContext } from '../host-context.ts'
import { mutatingMethod } from '../host-method.ts'

export const volumeAttach = mutatingMethod('volume.attach', {
  run(context, params) {
    const { vm, disk } = params
    const domain = requireGuest(context, vm)
    if (hasDisk(context, domain, disk.pool, disk.volumeUuid)) return { device: deviceOf(params) }
    if (disk.bus === 'ide' || disk.bus === 'sata') {
      throw hostRefusal(agentFailure('volume.hotplug', `A disk on ${disk.bus} cannot be plugged into a running guest`))
    }
    requireFile(context, disk.pool, disk.volumeUuid)
    context.hypervisor.setDisks(domain, [...domain.spec.disks, disk])
    return { device: deviceOf(params) }
  },
  probe(context: HostContext, params) {
    const domain = context.hypervisor.domains.get(params.vm.instanceName)
    const there = domain?.uuid === params.vm.uuid && hasDisk(context, domain, params.disk.pool, params.disk.volumeUuid)
    return there ? { effect: 'done', result: { device: deviceOf(params) } } : { effect: 'absent' }
  },
})

function deviceOf({ disk }: Params<'volume.attach'>): string {
  return `${disk.bus === 'virtio' ? 'vd' : 'sd'}${String.fromCharCode(97 + disk.deviceId)}`
}
