import { mutatingMethod } from '../journal/host-method.ts'
import { adopt } from '../unmanaged/adopt.ts'

export const vmAdopt = mutatingMethod('vm.adopt', {
  run: (context, params) => context.guests(params.vm.instanceName, () => adopt(context, params)),
  // Adopting again does what is left of it.
  probe: async () => ({ effect: 'absent' }),
})
