import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolRef } from '../schema/pool-ref.ts'
import { tokens } from '../schema/tokens.ts'
import { volumePlace } from '../schema/volume-ref.ts'

export const volumeCopy = defineMethod({
  name: 'volume.copy',
  direction: 'server-to-agent',
  description:
    'Copies a volume that nobody has open to another pool, whole and without what lies under it. What is there already under its name is replaced. The result is its size there.',
  params: z.object({ tokens, volume: volumePlace, to: poolRef }),
  result: z.object({ accepted: z.literal(true) }),
  mutates: true,
  idempotent: true,
  long: true,
  deadlineMs: 15000,
  since: 1,
  legal: 'current',
})
