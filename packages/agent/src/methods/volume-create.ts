import { mutatingMethod } from '../journal/host-method.ts'
import { createVolume, imagePath, matchingVolume } from '../storage/volumes.ts'

export const volumeCreate = mutatingMethod('volume.create', {
  async run(context, { pool, volume }) {
    return { ...(await createVolume(context, pool, volume)), path: imagePath(pool, volume.uuid) }
  },
  async probe(context, { pool, volume }) {
    const present = await context.pools.use(pool, () => matchingVolume(context, pool, volume))
    if (present === undefined) return { effect: 'absent' }
    return { effect: 'done', result: { ...present, path: imagePath(pool, volume.uuid) } }
  },
})
