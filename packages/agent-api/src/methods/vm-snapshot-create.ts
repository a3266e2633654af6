import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { tokens, vmToken } from '../schema/tokens.ts'
import { volumePlace } from '../schema/volume-ref.ts'

export const vmSnapshotCreate = defineMethod({
  name: 'vm.snapshot.create',
  direction: 'server-to-agent',
  description:
    'Keeps the state of all disks at one moment inside them, with `memory` that of the guest too, which pauses meanwhile.',
  params: z.object({
    tokens,
    snapshotUuid: z.uuid(),
    disks: z.array(volumePlace).min(1).max(26),
    /** The guest that runs; absent: it does not. */
    vm: vmToken.optional(),
    memory: z.boolean(),
  }),
  result: z.object({ accepted: z.literal(true) }),
  mutates: true,
  idempotent: true,
  long: true,
  deadlineMs: 15000,
  since: 1,
  legal: 'current',
})
