import { mutatingMethod } from '../host-method.ts'
import { releaseReservations } from '../reservations.ts'

export const vmRelease = mutatingMethod('vm.release', {
  run: (context, { vm, restore }) =>
    context.guests(vm.instanceName, () => {
      const domain = context.hypervisor.domains.get(vm.instanceName)
      if (domain?.uuid !== vm.uuid) return { defined: false }
      domain.generation = 0
      context.hypervisor.touch()
      if (!restore) releaseReservations(context, vm.instanceName)
      return { defined: true }
    }),
  probe: () => ({ effect: 'absent' }),
})
