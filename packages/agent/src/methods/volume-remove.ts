import { mutatingMethod } from '../journal/host-method.ts'
import { removeVolume, statVolume } from '../storage/volumes.ts'

export const volumeRemove = mutatingMethod('volume.remove', {
  async run(context, { pool, volumeUuid }) {
    await removeVolume(context, pool, volumeUuid)
    return {}
  },
  async probe(context, { pool, volumeUuid }) {
    const present = await context.pools.use(pool, () => statVolume(context, pool, volumeUuid))
    return present === undefined ? { effect: 'done', result: {} } : { effect: 'absent' }
  },
})
