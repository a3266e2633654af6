import { z } from 'zod'
import { checkSubject } from '../checks/check-subject.ts'
import { defineMethod } from '../define-method.ts'
import { checkResult } from '../schema/host-facts.ts'

export const hostCheck = defineMethod({
  name: 'host.check',
  direction: 'server-to-agent',
  description:
    'Runs the named checks (all when empty) and answers each with what was seen. The subject says what the host is measured by; without it, its own settings. `none` as the only name runs nothing: the answer alone proves the link.',
  params: z.object({ names: z.array(z.string()), subject: checkSubject.optional() }),
  result: z.object({
    checks: z.array(checkResult),
    /** Wall clock of the host at the answer, ms. */
    clock: z.int().optional(),
  }),
  mutates: false,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'always',
})
