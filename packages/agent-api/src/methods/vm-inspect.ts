import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { domainReport } from '../schema/vm-spec.ts'

export const vmInspect = defineMethod({
  name: 'vm.inspect',
  direction: 'server-to-agent',
  description: 'One domain: state, spec as libvirt has it, VNC port; absent is an answer, not an error.',
  params: z.object({ instanceName: z.string() }),
  result: z.object({
    present: z.boolean(),
    domain: domainReport.optional(),
    vncPort: z.int().optional(),
    xml: z.string().optional(),
    /** Of an absent guest, how it ended here as far as the host has kept it: `migrated`, `shutdown`, `crashed`, `failed`. */
    ended: z.string().optional(),
  }),
  mutates: false,
  idempotent: true,
  deadlineMs: 10000,
  since: 1,
  legal: 'always',
})
