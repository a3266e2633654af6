import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { tokens, vmToken } from '../schema/tokens.ts'

export const vmStop = defineMethod({
  name: 'vm.stop',
  direction: 'server-to-agent',
  description: 'Ends a domain: ACPI shutdown until `graceMs`, then destroy; 0 destroys at once. Absent is success.',
  params: z.object({ tokens, vm: vmToken, graceMs: z.int().min(0) }),
  result: z.object({ accepted: z.literal(true) }),
  mutates: true,
  idempotent: true,
  long: true,
  deadlineMs: 15000,
  since: 1,
  legal: 'always',
})
