import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { tokens, vmToken } from '../schema/tokens.ts'
import { vmSpec } from '../schema/vm-spec.ts'
import { diskCopy } from '../schema/volume-ref.ts'

export const vmMigrationPrepare = defineMethod({
  name: 'vm.migration.prepare',
  direction: 'server-to-agent',
  description:
    'On the destination: networks, DHCP reservations and pools ready, empty images for the disks that come along, the generation accepted.',
  params: z.object({
    tokens,
    vm: vmToken,
    spec: vmSpec,
    source: z.string(),
    /** Disks of the spec that come with the guest: what is on their pool under their name is replaced. */
    copies: z.array(diskCopy).max(26).optional(),
  }),
  result: z.object({
    uri: z.string(),
    migrateUri: z.string(),
    /** Bridge of each NIC there, by MAC: a VLAN's carries the name of the host's own network card. */
    bridges: z.record(z.string(), z.string()).optional(),
    /** Where its config drive is there. */
    configDrive: z.string().optional(),
  }),
  mutates: true,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
