import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { agentErrorData } from '../schema/error-data.ts'

export const jobPoll = defineMethod({
  name: 'job.poll',
  direction: 'server-to-agent',
  description: 'State of a journal key; waits up to `waitMs` for its end.',
  params: z.object({ key: z.string(), waitMs: z.int().min(0).max(25000) }),
  result: z.object({
    state: z.enum(['unknown', 'running', 'done', 'failed']),
    progress: z.record(z.string(), z.json()).optional(),
    result: z.json().optional(),
    error: agentErrorData.extend({ message: z.string() }).optional(),
  }),
  mutates: false,
  idempotent: true,
  deadlineMs: 30000,
  since: 1,
  legal: 'always',
})
