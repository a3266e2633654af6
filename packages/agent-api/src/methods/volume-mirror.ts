import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolRef } from '../schema/pool-ref.ts'
import { tokens, vmToken } from '../schema/tokens.ts'
import { volumePlace } from '../schema/volume-ref.ts'

export const volumeMirror = defineMethod({
  name: 'volume.mirror',
  direction: 'server-to-agent',
  description:
    'Moves the disk of a running guest to another pool: mirrors it, then lets the guest go on with the copy. The result is its size there.',
  params: z.object({ tokens, vm: vmToken, volume: volumePlace, to: poolRef }),
  result: z.object({ accepted: z.literal(true) }),
  mutates: true,
  idempotent: true,
  long: true,
  deadlineMs: 15000,
  since: 1,
  legal: 'current',
})
