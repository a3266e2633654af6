import { requireGuest } from '../guest-disk.ts'
import { mutatingMethod } from '../host-method.ts'

/** Simulated hosts have no definitions beside what runs: only running guests are adopted. */
export const vmAdopt = mutatingMethod('vm.adopt', {
  run: (context, { vm }) =>
    context.guests(vm.instanceName, () => {
      const domain = requireGuest(context, vm)
      domain.generation = vm.generation
      context.hypervisor.touch()
      return { power: 'PowerOn' as const, vncPort: domain.vncPort }
    }),
  probe: () => ({ effect: 'absent' }),
})
