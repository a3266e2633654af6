import { mutatingMethod } from '../journal/host-method.ts'
import { volumePath } from '../storage/pool-files.ts'
import { createVolume, matchingVolume } from '../storage/volumes.ts'

export const volumeCreate = mutatingMethod('volume.create', {
  async run(context, { pool, volume }) {
    return { ...(await createVolume(context, pool, volume)), path: volumePath(pool, volume.uuid) }
  },
  async probe(context, { pool, volume }) {
    const present = await context.pools.use(pool, () => matchingVolume(pool, volume))
    if (present === undefined) return { effect: 'absent' }
    return { effect: 'done', result: { ...present, path: volumePath(pool, volume.uuid) } }
  },
})
