import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { domainReport } from '../schema/vm-spec.ts'

export const reportDomains = defineMethod({
  name: 'report.domains',
  direction: 'agent-to-server',
  description: 'Every domain of the host after a (re)connect to libvirt, because events were lost.',
  params: z.object({ domains: z.array(domainReport), cause: z.string() }),
  result: z.object({}),
  mutates: false,
  idempotent: true,
  deadlineMs: 10000,
  since: 1,
  legal: 'always',
})
