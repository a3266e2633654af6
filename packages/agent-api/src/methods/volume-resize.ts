import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { tokens, vmToken } from '../schema/tokens.ts'
import { volumePlace } from '../schema/volume-ref.ts'

export const volumeResize = defineMethod({
  name: 'volume.resize',
  direction: 'server-to-agent',
  description:
    'Changes the size of a volume, live where the guest `vm` has it. Shrinking only with `shrink` and never live.',
  params: z.object({
    tokens,
    volume: volumePlace,
    sizeBytes: z.int().min(1),
    shrink: z.boolean(),
    vm: vmToken.optional(),
  }),
  result: z.object({ sizeBytes: z.int(), physicalBytes: z.int() }),
  mutates: true,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
