import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { unmanagedGuest } from '../schema/unmanaged-guest.ts'

export const vmUnmanaged = defineMethod({
  name: 'vm.unmanaged',
  direction: 'server-to-agent',
  description: 'Guests of the host with their disks and NICs, whoever made them; one by name, or all.',
  params: z.object({ name: z.string().optional() }),
  result: z.object({ guests: z.array(unmanagedGuest) }),
  mutates: false,
  idempotent: true,
  deadlineMs: 30000,
  since: 1,
  legal: 'current',
})
