import { readingMethod } from '../host-method.ts'
import { spaceOf } from '../storage.ts'

export const volumeStat = readingMethod('volume.stat', ({ world, profile }, { pool, volumeUuid }) => {
  const directory = world.storage.directory(pool, profile.name)
  spaceOf(pool, directory)
  const file = directory.files.get(volumeUuid)
  if (file === undefined) return { present: false, sizeBytes: 0, physicalBytes: 0 }
  return { present: true, sizeBytes: file.sizeBytes, physicalBytes: file.physicalBytes }
})
