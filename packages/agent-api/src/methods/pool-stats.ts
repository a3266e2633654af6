import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolRef } from '../schema/pool-ref.ts'

export const poolStats = defineMethod({
  name: 'pool.stats',
  direction: 'server-to-agent',
  description: 'Capacity and use of a pool, time-boxed: a hanging mount answers as unreachable.',
  params: z.object({ pool: poolRef }),
  result: z.object({ capacityBytes: z.int(), usedBytes: z.int(), availableBytes: z.int() }),
  mutates: false,
  idempotent: true,
  deadlineMs: 15000,
  since: 1,
  legal: 'current',
})
