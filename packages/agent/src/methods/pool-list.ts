import { readingMethod } from '../journal/host-method.ts'
import { listPool } from '../storage/pool-files.ts'

export const poolList = readingMethod('pool.list', async (context, { pool }) => ({
  files: await context.pools.use(pool, () => listPool(pool)),
}))
