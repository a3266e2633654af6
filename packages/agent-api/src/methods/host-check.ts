import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { checkResult } from '../schema/host-facts.ts'

export const hostCheck = defineMethod({
  name: 'host.check',
  direction: 'server-to-agent',
  description: 'Runs the named checks (all when empty) and answers each with what was seen.',
  params: z.object({ names: z.array(z.string()) }),
  result: z.object({ checks: z.array(checkResult) }),
  mutates: false,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'always',
})
