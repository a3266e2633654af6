import { z } from 'zod'
import { defineMethod } from '../define-method.ts'

export const poolLease = defineMethod({
  name: 'pool.lease',
  direction: 'agent-to-server',
  description:
    'Takes (again, to go on) or gives back the right to change what stands on a pool for all of its hosts, such as the metadata of a volume group: one host at a time has it, for so long.',
  params: z.object({
    poolUuid: z.uuid(),
    act: z.enum(['take', 'give']),
    /** Of the agent's choice for one holding: giving back an old one leaves a newer alone. */
    term: z.uuid(),
  }),
  result: z.object({
    held: z.boolean(),
    /** How long from the question on. */
    ttlMs: z.int(),
    /** Name of the host that has it instead. */
    holder: z.string().optional(),
  }),
  mutates: false,
  idempotent: true,
  deadlineMs: 10000,
  since: 1,
  legal: 'always',
})
