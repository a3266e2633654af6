import { z } from 'zod'
import { defineMethod } from '../define-method.ts'

/** A station on a bridge that answers ARP and nothing else: 169.254.x.y and 02:a1:70:…, unique to the host. */
const station = z.object({
  address: z.ipv4(),
  mac: z.string().regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/),
})

export const networkProbe = defineMethod({
  name: 'network.probe',
  direction: 'server-to-agent',
  description:
    'Puts a station on a bridge for a while and asks for the stations of other hosts: who answers shares the layer 2 network.',
  params: z.object({
    bridge: z.string().regex(/^[A-Za-z0-9_.-]{1,15}$/),
    station,
    /** How long the station stays after the answer, ms. */
    stayMs: z.int().min(0).max(60_000),
    ask: z.array(station).max(32),
  }),
  result: z.object({
    answers: z.array(
      z.object({
        address: z.string(),
        /** True: a frame of ours went there and one came back with the MAC that was expected. */
        shared: z.boolean(),
        seen: z.string(),
      }),
    ),
  }),
  mutates: false,
  idempotent: true,
  deadlineMs: 30000,
  since: 1,
  legal: 'current',
})
