import { readingMethod } from '../host-method.ts'
import { spaceOf } from '../storage.ts'

export const poolStats = readingMethod('pool.stats', ({ world, profile }, { pool }) =>
  spaceOf(pool, world.storage.directory(pool, profile.name)),
)
