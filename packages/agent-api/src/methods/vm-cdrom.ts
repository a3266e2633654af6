import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { tokens, vmToken } from '../schema/tokens.ts'
import { isoRef } from '../schema/vm-spec.ts'

export const vmCdrom = defineMethod({
  name: 'vm.cdrom',
  direction: 'server-to-agent',
  description:
    "Changes what is in a running guest's CD drive; without `iso` it is empty afterwards. `force` opens a drive that the guest has locked. What is there already is success.",
  params: z.object({ tokens, vm: vmToken, iso: isoRef.optional(), force: z.boolean() }),
  result: z.object({}),
  mutates: true,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
