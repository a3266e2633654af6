import { hasDisk } from '../guest-disk.ts'
import { mutatingMethod } from '../host-method.ts'

export const volumeMirrorEnd = mutatingMethod('volume.mirror.end', {
  run(context, { vm, volume, to }) {
    const domain = context.hypervisor.domains.get(vm.instanceName)
    if (domain?.uuid === vm.uuid && hasDisk(context, domain, to, volume.volumeUuid)) return { moved: true }
    const { storage } = context.world
    storage.remove(storage.directory(to, context.profile.name), volume.volumeUuid)
    return { moved: false }
  },
  probe: () => ({ effect: 'absent' }),
})
