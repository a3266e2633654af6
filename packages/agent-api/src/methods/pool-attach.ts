import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolAccess, poolRef } from '../schema/pool-ref.ts'
import { tokens } from '../schema/tokens.ts'

export const poolAttach = defineMethod({
  name: 'pool.attach',
  direction: 'server-to-agent',
  description:
    'Makes a pool usable on the host: mounts it or logs in where that is to be done; root can write, the marker is there.',
  params: z.object({ tokens, pool: poolRef, create: z.boolean(), access: poolAccess.optional() }),
  result: z.object({
    capacityBytes: z.int(),
    usedBytes: z.int(),
    availableBytes: z.int(),
    /** What an operator should know though it works, e.g. an older protocol than wanted. */
    notice: z.string().optional(),
  }),
  mutates: true,
  idempotent: true,
  deadlineMs: 150000,
  since: 1,
  legal: 'current',
})
