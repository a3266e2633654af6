import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { tokens, vmToken } from '../schema/tokens.ts'
import { vmSpec } from '../schema/vm-spec.ts'

export const vmStart = defineMethod({
  name: 'vm.start',
  direction: 'server-to-agent',
  description: 'Starts a transient domain from the spec. A running one of the same generation is success.',
  params: z.object({ tokens, vm: vmToken, spec: vmSpec }),
  result: z.object({
    vncPort: z.int(),
    machineType: z.string(),
    cpuXml: z.string(),
    acceleration: z.enum(['kvm', 'tcg']),
    state: z.string(),
  }),
  mutates: true,
  idempotent: true,
  deadlineMs: 120000,
  since: 1,
  legal: 'current',
})
