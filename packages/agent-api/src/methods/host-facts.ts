import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { hostFacts } from '../schema/host-facts.ts'

export const hostFactsMethod = defineMethod({
  name: 'host.facts',
  direction: 'server-to-agent',
  description: 'What the host is now.',
  params: z.object({}),
  result: hostFacts,
  mutates: false,
  idempotent: true,
  deadlineMs: 10000,
  since: 1,
  legal: 'always',
})
