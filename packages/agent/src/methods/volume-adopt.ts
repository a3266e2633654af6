import { mutatingMethod } from '../journal/host-method.ts'
import { adoptFile } from '../unmanaged/loose-files.ts'

export const volumeAdopt = mutatingMethod('volume.adopt', {
  run: (context, params) => adoptFile(context, params),
  // Adopting again does what is left of it.
  probe: async () => ({ effect: 'absent' }),
})
