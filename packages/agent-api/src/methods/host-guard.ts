import { z } from 'zod'
import { defineMethod } from '../define-method.ts'

export const hostGuard = defineMethod({
  name: 'host.guard',
  direction: 'server-to-agent',
  description:
    "Opens the guarded ports to these addresses only, by an nftables table of the agent's own that it keeps over restarts; null removes the table.",
  params: z.object({
    friends: z.array(z.string().max(64)).max(10_000).nullable(),
    servers: z.array(z.string()),
    /** Hosts of the zone whose VXLAN frames are taken, beside the friends. */
    peers: z.array(z.string().max(64)).max(10_000).optional(),
  }),
  result: z.object({}),
  mutates: false,
  idempotent: true,
  deadlineMs: 30000,
  since: 1,
  legal: 'always',
})
