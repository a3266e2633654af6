import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolRef } from '../schema/pool-ref.ts'
import { tokens, vmToken } from '../schema/tokens.ts'
import { volumePlace } from '../schema/volume-ref.ts'

export const volumeMirrorEnd = defineMethod({
  name: 'volume.mirror.end',
  direction: 'server-to-agent',
  description:
    'Ends a mirror of volume.mirror: `turn` lets the guest go on with the copy, `back` with its disk, and removes the copy. A guest that has gone on with the copy keeps it; of one that has ended the copy is the disk when the caller had decided so (`turned`). Answers whether the copy is the disk now.',
  params: z.object({
    tokens,
    vm: vmToken,
    volume: volumePlace,
    to: poolRef,
    decision: z.enum(['turn', 'back']),
    /** The copy was in step, and the caller has saved that it counts from now on. */
    turned: z.boolean(),
  }),
  result: z.object({ moved: z.boolean() }),
  mutates: true,
  idempotent: true,
  deadlineMs: 150000,
  since: 1,
  legal: 'current',
})
