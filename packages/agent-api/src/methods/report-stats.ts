import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { guestStats, hostStats } from '../schema/stats.ts'

export const reportStats = defineMethod({
  name: 'report.stats',
  direction: 'agent-to-server',
  description:
    'What host and guests used since the report before, all guests in one message; at the intervals that the hello answered.',
  params: z.object({
    clock: z.int(),
    /** Time that the figures are of, ms. */
    spanMs: z.int().min(1),
    host: hostStats.optional(),
    guests: z.array(guestStats).max(4096).optional(),
  }),
  result: z.object({}),
  mutates: false,
  idempotent: true,
  deadlineMs: 10000,
  since: 1,
  legal: 'always',
})
