import { requireGuest } from '../guest-disk.ts'
import { mutatingMethod } from '../host-method.ts'
import { requireIso } from '../vm-refusals.ts'

export const vmCdrom = mutatingMethod('vm.cdrom', {
  run: (context, { vm, iso }) =>
    context.guests(vm.instanceName, () => {
      const domain = requireGuest(context, vm)
      if (iso !== undefined) requireIso(context, iso)
      const { cdrom: _, ...rest } = domain.spec
      domain.spec = iso === undefined ? rest : { ...rest, cdrom: iso }
      context.hypervisor.touch()
      return {}
    }),
  probe: () => ({ effect: 'absent' }),
})
