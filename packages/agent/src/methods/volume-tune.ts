import { ioLimitNames } from '@altostack/agent-api'
import { DomainModificationImpact } from '@altostack/libvirt'
import { mutatingMethod } from '../journal/host-method.ts'
import { requireGuest, requireGuestDisk } from '../vm/guest-disk.ts'

export const volumeTune = mutatingMethod('volume.tune', {
  async run(context, { vm, pool, volumeUuid, limits }) {
    const domain = await requireGuest(context, vm)
    const disk = await requireGuestDisk(context, domain, pool, volumeUuid)
    // A burst's length without a burst is refused, so what is not limited is named as 0, lengths apart.
    const all = Object.fromEntries(
      ioLimitNames.flatMap((name) =>
        limits[name] !== undefined ? [[name, limits[name]]] : name.endsWith('_length') ? [] : [[name, 0]],
      ),
    )
    await context.libvirt.use((client) =>
      client.block.setIoTune(domain, disk.target, all, DomainModificationImpact.LIVE),
    )
    return {}
  },
  // Setting them again is the same.
  probe: async () => ({ effect: 'absent' }),
})
