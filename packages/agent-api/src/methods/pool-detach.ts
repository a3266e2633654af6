import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolRef } from '../schema/pool-ref.ts'
import { tokens } from '../schema/tokens.ts'

export const poolDetach = defineMethod({
  name: 'pool.detach',
  direction: 'server-to-agent',
  description:
    'The host stops using a pool and lets go of its storage; its files stay. `release`: the place may become another pool.',
  params: z.object({ tokens, pool: poolRef, release: z.boolean().optional() }),
  result: z.object({}),
  mutates: true,
  idempotent: true,
  deadlineMs: 120000,
  since: 1,
  legal: 'current',
})
