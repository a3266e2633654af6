import { mutatingMethod } from '../journal/host-method.ts'
import { copyVolume } from '../storage/copy-volume.ts'

export const volumeCopy = mutatingMethod('volume.copy', {
  run: async (context, { volume, to }, job) => ({ ...(await copyVolume(context, volume, to, job)) }),
  // Whether a copy under the name is this one cannot be seen; copying again gives the same.
  probe: async () => ({ effect: 'absent' }),
})
