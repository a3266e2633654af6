import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { domainReport } from '../schema/vm-spec.ts'

export const reportDomain = defineMethod({
  name: 'report.domain',
  direction: 'agent-to-server',
  description: "One domain's power changed (a libvirt event).",
  params: z.object({ domain: domainReport, cause: z.string(), clock: z.int() }),
  result: z.object({}),
  mutates: false,
  idempotent: true,
  deadlineMs: 10000,
  since: 1,
  legal: 'always',
})
