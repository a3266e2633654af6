import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolRef } from '../schema/pool-ref.ts'
import { tokens, vmToken } from '../schema/tokens.ts'
import { volumePlace } from '../schema/volume-ref.ts'

export const volumeMirrorEnd = defineMethod({
  name: 'volume.mirror.end',
  direction: 'server-to-agent',
  description:
    'Ends a mirror of volume.mirror that has not turned the guest over and removes the copy; answers whether the guest has the copy already.',
  params: z.object({ tokens, vm: vmToken, volume: volumePlace, to: poolRef }),
  result: z.object({ moved: z.boolean() }),
  mutates: true,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
