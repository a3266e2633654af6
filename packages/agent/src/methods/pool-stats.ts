import { readingMethod } from '../journal/host-method.ts'

export const poolStats = readingMethod('pool.stats', (context, { pool }) => context.pools.space(pool))
