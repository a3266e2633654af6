import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { tokens, vmToken } from '../schema/tokens.ts'

export const vmReboot = defineMethod({
  name: 'vm.reboot',
  direction: 'server-to-agent',
  description: 'Restarts a guest: ACPI reboot with fallback to reset; `forced` resets at once.',
  params: z.object({ tokens, vm: vmToken, forced: z.boolean(), graceMs: z.int().min(0) }),
  result: z.object({ accepted: z.literal(true) }),
  mutates: true,
  idempotent: true,
  long: true,
  deadlineMs: 15000,
  since: 1,
  legal: 'current',
})
