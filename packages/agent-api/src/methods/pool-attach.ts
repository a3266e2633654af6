import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { tokens } from '../schema/tokens.ts'
import { poolRef } from '../schema/vm-spec.ts'

export const poolAttach = defineMethod({
  name: 'pool.attach',
  direction: 'server-to-agent',
  description: 'Makes a pool usable on the host: the path exists, is writable as root, holds its marker.',
  params: z.object({ tokens, pool: poolRef, create: z.boolean() }),
  result: z.object({ capacityBytes: z.int(), usedBytes: z.int(), availableBytes: z.int() }),
  mutates: true,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
