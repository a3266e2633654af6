import { z } from 'zod'
import { defineMethod } from '../define-method.ts'

export const reportPasswordTaken = defineMethod({
  name: 'report.password-taken',
  direction: 'agent-to-server',
  description: 'A guest has fetched its password: it is not given again, here or elsewhere.',
  params: z.object({ instanceName: z.string(), version: z.int() }),
  result: z.object({}),
  mutates: false,
  idempotent: true,
  deadlineMs: 10000,
  since: 1,
  legal: 'always',
})
