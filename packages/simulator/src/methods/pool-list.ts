import { readingMethod } from '../host-method.ts'
import { spaceOf } from '../storage.ts'

export const poolList = readingMethod('pool.list', ({ world, profile }, { pool }) => {
  const directory = world.storage.directory(pool, profile.name)
  spaceOf(pool, directory)
  return {
    files: [...directory.files].map(([name, { kind, physicalBytes, modified }]) => ({
      name,
      kind,
      sizeBytes: physicalBytes,
      modified,
    })),
  }
})
