import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { tokens } from '../schema/tokens.ts'
import { poolRef } from '../schema/vm-spec.ts'

export const poolDetach = defineMethod({
  name: 'pool.detach',
  direction: 'server-to-agent',
  description: 'The host stops using a pool; its files stay.',
  params: z.object({ tokens, pool: poolRef }),
  result: z.object({}),
  mutates: true,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
