import { agentFailure } from '@altostack/core'
import { hasDisk } from '../guest-disk.ts'
import { mutatingMethod } from '../host-method.ts'

export const volumeMirrorEnd = mutatingMethod('volume.mirror.end', {
  run(context, { vm, volume, to, decision, turned }) {
    const { volumeUuid } = volume
    const { storage } = context.world
    const domain = context.hypervisor.domains.get(vm.instanceName)
    const back = (): { moved: boolean } => {
      storage.remove(storage.directory(to, context.profile.name), volumeUuid)
      return { moved: false }
    }
    if (domain === undefined || domain.uuid !== vm.uuid) return turned ? { moved: true } : back()
    if (hasDisk(context, domain, to, volumeUuid)) return { moved: true }
    const inStep = domain.mirrors.delete(volumeUuid)
    if (decision === 'back') return back()
    if (!inStep) throw agentFailure('volume.copy', 'The disk could not be moved: the mirror has ended by itself')
    const disks = domain.spec.disks.map((disk) => (disk.volumeUuid === volumeUuid ? { ...disk, pool: to } : disk))
    context.hypervisor.setDisks(domain, disks)
    return { moved: true }
  },
  probe: () => ({ effect: 'absent' }),
})
