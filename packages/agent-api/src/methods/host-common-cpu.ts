import { z } from 'zod'
import { defineMethod } from '../define-method.ts'

export const hostCommonCpu = defineMethod({
  name: 'host.common-cpu',
  direction: 'server-to-agent',
  description: 'The largest CPU that hosts with these CPUs all offer to guests.',
  params: z.object({
    /** libvirt's `<cpu>` of each host, as its facts have it. */
    cpus: z.array(z.string().min(1).max(65_536)).min(1).max(512),
  }),
  /** A `<cpu>` for a guest, as `cpuXml` of its spec. */
  result: z.object({ cpuXml: z.string() }),
  mutates: false,
  idempotent: true,
  deadlineMs: 20000,
  since: 1,
  legal: 'always',
})
