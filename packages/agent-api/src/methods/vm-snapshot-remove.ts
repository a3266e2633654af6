import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { tokens, vmToken } from '../schema/tokens.ts'
import { volumePlace } from '../schema/volume-ref.ts'

export const vmSnapshotRemove = defineMethod({
  name: 'vm.snapshot.remove',
  direction: 'server-to-agent',
  description: 'Removes such a snapshot from the disks. Absent is success.',
  params: z.object({
    tokens,
    snapshotUuid: z.uuid(),
    disks: z.array(volumePlace).min(1).max(26),
    /** The guest that runs; absent: it does not. */
    vm: vmToken.optional(),
  }),
  result: z.object({ accepted: z.literal(true) }),
  mutates: true,
  idempotent: true,
  long: true,
  deadlineMs: 15000,
  since: 1,
  legal: 'current',
})
