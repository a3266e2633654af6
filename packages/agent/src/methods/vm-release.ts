import { mutatingMethod } from '../journal/host-method.ts'
import { release } from '../unmanaged/adopt.ts'

export const vmRelease = mutatingMethod('vm.release', {
  run: (context, params) => context.guests(params.vm.instanceName, () => release(context, params)),
  // Releasing again does what is left of it.
  probe: async () => ({ effect: 'absent' }),
})
