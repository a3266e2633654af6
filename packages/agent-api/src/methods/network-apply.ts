import { z } from 'zod'
import { addressRanges } from '../address-ranges.ts'
import { defineMethod } from '../define-method.ts'
import { guestData, networkNames, securityGroup } from '../schema/guest-network.ts'

export const networkApply = defineMethod({
  name: 'network.apply',
  direction: 'server-to-agent',
  description:
    "What guests' networks should be like here: groups, names and data, each whole. Older versions than known are passed over; rules change by their difference.",
  params: z.object({
    groups: z.array(securityGroup).max(1000).default([]),
    networks: z.array(networkNames).max(1000).default([]),
    /** Of guests that run here; others are passed over. */
    guests: z
      .array(z.object({ instanceName: z.string(), data: guestData }))
      .max(1000)
      .default([]),
    /** Addresses of hosts, which no guest may reach; absent: as they were. The next hello says their digest. */
    protectedAddresses: addressRanges.optional(),
    /** Everything that the host needs is named: what is not, and no guest here uses, is forgotten. */
    complete: z.boolean().default(false),
  }),
  result: z.object({
    /** Commands given to nftables; 0 when nothing differed, -1 when the tables were made anew. */
    commands: z.int(),
    milliseconds: z.number(),
  }),
  mutates: false,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'always',
})
