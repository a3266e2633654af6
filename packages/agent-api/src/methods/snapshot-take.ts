import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { tokens, vmToken } from '../schema/tokens.ts'
import { volumePlace } from '../schema/volume-ref.ts'

export const snapshotTake = defineMethod({
  name: 'snapshot.take',
  direction: 'server-to-agent',
  description:
    'Writes the content that a volume has at one moment as one qcow2 image beside it, live where the guest `vm` has it. The result has size, virtual size and sha256.',
  params: z.object({ tokens, volume: volumePlace, snapshotUuid: z.uuid(), vm: vmToken.optional() }),
  result: z.object({ accepted: z.literal(true) }),
  mutates: true,
  idempotent: true,
  long: true,
  deadlineMs: 15000,
  since: 1,
  legal: 'current',
})
