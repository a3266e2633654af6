import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { vmToken } from '../schema/tokens.ts'

export const hostFence = defineMethod({
  name: 'host.fence',
  direction: 'server-to-agent',
  description: 'Acknowledges a raised incarnation: every guest not in `keep` is ended first.',
  params: z.object({ hostIncarnation: z.int(), keep: z.array(vmToken) }),
  result: z.object({ ended: z.array(z.string()) }),
  mutates: false,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'always',
})
