import { readingMethod } from '../journal/host-method.ts'
import { driverOf } from '../storage/drivers.ts'

export const poolList = readingMethod('pool.list', async (context, { pool }) => ({
  files: await context.pools.use(pool, () => driverOf(pool).list(context, pool)),
}))
