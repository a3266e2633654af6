import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolRef } from '../schema/pool-ref.ts'
import { tokens, vmToken } from '../schema/tokens.ts'
import { volumePlace } from '../schema/volume-ref.ts'

export const volumeMirror = defineMethod({
  name: 'volume.mirror',
  direction: 'server-to-agent',
  description:
    'Copies the disk of a running guest to another pool and keeps the copy in step: from then on every write is on both before the guest hears of it. The result is its size there. volume.mirror.end decides.',
  params: z.object({ tokens, vm: vmToken, volume: volumePlace, to: poolRef }),
  result: z.object({ accepted: z.literal(true) }),
  mutates: true,
  idempotent: true,
  long: true,
  deadlineMs: 15000,
  since: 1,
  legal: 'current',
})
