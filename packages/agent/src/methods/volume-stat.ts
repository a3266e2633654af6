import { readingMethod } from '../journal/host-method.ts'
import { statVolume } from '../storage/volumes.ts'

export const volumeStat = readingMethod('volume.stat', async (context, { pool, volumeUuid }) => {
  const size = await context.pools.use(pool, () => statVolume(context, pool, volumeUuid))
  return size === undefined ? { present: false, sizeBytes: 0, physicalBytes: 0 } : { present: true, ...size }
})
