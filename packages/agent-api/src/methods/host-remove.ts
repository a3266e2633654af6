import { z } from 'zod'
import { defineMethod } from '../define-method.ts'

export const hostRemove = defineMethod({
  name: 'host.remove',
  direction: 'server-to-agent',
  description: 'The host leaves: the agent forgets its certificate and stops. Guests are not touched.',
  params: z.object({ forget: z.boolean() }),
  result: z.object({}),
  mutates: false,
  idempotent: true,
  deadlineMs: 10000,
  since: 1,
  legal: 'always',
})
