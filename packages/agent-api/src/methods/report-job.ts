import { z } from 'zod'
import { defineMethod } from '../define-method.ts'

export const reportJob = defineMethod({
  name: 'report.job',
  direction: 'agent-to-server',
  description: 'Progress or end of a long call; wakes whoever waits for it.',
  params: z.object({
    key: z.string(),
    state: z.enum(['running', 'done', 'failed']),
    progress: z.record(z.string(), z.json()).optional(),
  }),
  result: z.object({}),
  mutates: false,
  idempotent: true,
  deadlineMs: 10000,
  since: 1,
  legal: 'always',
})
