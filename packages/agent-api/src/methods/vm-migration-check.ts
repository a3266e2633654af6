import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { vmSpec } from '../schema/vm-spec.ts'
import { diskCopy } from '../schema/volume-ref.ts'

export const vmMigrationCheck = defineMethod({
  name: 'vm.migration.check',
  direction: 'server-to-agent',
  description: 'On the destination: what would refuse this guest, each named; changes nothing.',
  /** `copies`: disks of the spec that come with the guest. */
  params: z.object({ spec: vmSpec, copies: z.array(diskCopy).max(26).optional() }),
  result: z.object({
    refusals: z.array(z.object({ code: z.string(), seen: z.string(), fix: z.string() })),
    address: z.string(),
  }),
  mutates: false,
  idempotent: true,
  deadlineMs: 30000,
  since: 1,
  legal: 'current',
})
