import { mutatingMethod } from '../journal/host-method.ts'
import { releaseFile } from '../unmanaged/loose-files.ts'

export const volumeRelease = mutatingMethod('volume.release', {
  async run(context, params) {
    await releaseFile(context, params)
    return {}
  },
  probe: async () => ({ effect: 'absent' }),
})
