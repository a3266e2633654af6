import { agentFailure } from '@altostack/core'
import { hasDisk } from '../guest-disk.ts'
import { mutatingMethod } from '../host-method.ts'

export const volumeDetach = mutatingMethod('volume.detach', {
  async run(context, { vm, pool, volumeUuid, timeoutMs }, job) {
    const domain = context.hypervisor.domains.get(vm.instanceName)
    if (domain?.uuid !== vm.uuid || !hasDisk(context, domain, pool, volumeUuid)) return {}
    // A deaf guest does not answer this request either.
    if (domain.deaf) {
      await context.runtime.sleep(timeoutMs, job.signal)
      throw agentFailure('volume.not-released', `The guest ${vm.instanceName} keeps the disk`, { seen: volumeUuid })
    }
    context.hypervisor.setDisks(
      domain,
      domain.spec.disks.filter((disk) => disk.volumeUuid !== volumeUuid),
    )
    return {}
  },
  probe(context, { vm, pool, volumeUuid }) {
    const domain = context.hypervisor.domains.get(vm.instanceName)
    const there = domain?.uuid === vm.uuid && hasDisk(context, domain, pool, volumeUuid)
    return there ? { effect: 'absent' } : { effect: 'done', result: {} }
  },
})
