import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { tokens, vmToken } from '../schema/tokens.ts'
import { diskCopy } from '../schema/volume-ref.ts'

export const vmMigrationStart = defineMethod({
  name: 'vm.migration.start',
  direction: 'server-to-agent',
  description:
    'On the source: peer-to-peer live migration; progress by report.job; the result has downtime and totals.',
  params: z.object({
    tokens,
    vm: vmToken,
    uri: z.string(),
    migrateUri: z.string(),
    maxDowntimeMs: z.int().min(1).optional(),
    bandwidthMiBps: z.int().min(1).optional(),
    autoConverge: z.boolean(),
    /** What `vm.migration.prepare` answered; the guest is moved onto these bridges. */
    bridges: z.record(z.string(), z.string()).optional(),
    configDrive: z.string().optional(),
    /** Disks whose content goes along, into the images that the destination has prepared. */
    copies: z.array(diskCopy).max(26).optional(),
  }),
  result: z.object({ accepted: z.literal(true) }),
  mutates: true,
  idempotent: true,
  long: true,
  deadlineMs: 15000,
  since: 1,
  legal: 'current',
})
