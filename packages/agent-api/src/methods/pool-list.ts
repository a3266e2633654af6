import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolRef } from '../schema/pool-ref.ts'

export const poolList = defineMethod({
  name: 'pool.list',
  direction: 'server-to-agent',
  description: 'Files of a pool that are ours: volumes and template copies. For the reconciler.',
  params: z.object({ pool: poolRef }),
  result: z.object({
    files: z.array(
      z.object({
        name: z.string(),
        kind: z.enum(['volume', 'template', 'partial', 'other']),
        sizeBytes: z.int(),
        modified: z.int(),
      }),
    ),
  }),
  mutates: false,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
