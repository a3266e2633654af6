import { z } from 'zod'
import { checkSubject } from '../checks/check-subject.ts'
import { defineMethod } from '../define-method.ts'

export const hostRepair = defineMethod({
  name: 'host.repair',
  direction: 'server-to-agent',
  description:
    'One named repair of the table: plan reads the state and says what would change; apply and restore work from a state that plan has answered before.',
  params: z.object({
    name: z.string(),
    act: z.enum(['plan', 'apply', 'restore']),
    state: z.string().max(1_000_000).default(''),
    subject: checkSubject,
  }),
  result: z.object({
    state: z.string(),
    changes: z.array(z.object({ what: z.string(), before: z.string(), after: z.string() })),
  }),
  mutates: false,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'always',
})
