import { z } from 'zod'
import { defineMethod } from '../define-method.ts'

export const journalAcknowledge = defineMethod({
  name: 'journal.acknowledge',
  direction: 'server-to-agent',
  description: 'The server has saved these outcomes; the agent may drop the entries.',
  params: z.object({ keys: z.array(z.string()).max(1000) }),
  result: z.object({}),
  mutates: false,
  idempotent: true,
  deadlineMs: 10000,
  since: 1,
  legal: 'always',
})
