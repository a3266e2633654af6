import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { domainReport } from '../schema/vm-spec.ts'

export const vmList = defineMethod({
  name: 'vm.list',
  direction: 'server-to-agent',
  description: 'Every domain of the host.',
  params: z.object({}),
  result: z.object({ domains: z.array(domainReport) }),
  mutates: false,
  idempotent: true,
  deadlineMs: 15000,
  since: 1,
  legal: 'always',
})
