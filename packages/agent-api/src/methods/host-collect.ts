import { z } from 'zod'
import { checkSubject } from '../checks/check-subject.ts'
import { defineMethod } from '../define-method.ts'

export const hostCollect = defineMethod({
  name: 'host.collect',
  direction: 'server-to-agent',
  description: 'Gathers the parts of a support bundle on the host; secrets are removed before they leave it.',
  params: z.object({ subject: checkSubject }),
  result: z.object({ parts: z.array(z.object({ name: z.string(), content: z.string() })) }),
  mutates: false,
  idempotent: true,
  deadlineMs: 30000,
  since: 1,
  legal: 'always',
})
