import { z } from 'zod'
import { defineMethod } from '../define-method.ts'

export const networkPeers = defineMethod({
  name: 'network.peers',
  direction: 'server-to-agent',
  description: 'Addresses of the hosts that VXLANs in unicast mode send floods to; the host leaves its own out.',
  params: z.object({ peers: z.array(z.ipv4()).max(2000) }),
  result: z.object({}),
  mutates: false,
  idempotent: true,
  deadlineMs: 30000,
  since: 1,
  legal: 'current',
})
