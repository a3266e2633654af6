import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolRef } from '../schema/pool-ref.ts'

export const volumeStat = defineMethod({
  name: 'volume.stat',
  direction: 'server-to-agent',
  description: 'Size of a volume, or absent.',
  params: z.object({ pool: poolRef, volumeUuid: z.uuid() }),
  result: z.object({ present: z.boolean(), sizeBytes: z.int(), physicalBytes: z.int() }),
  mutates: false,
  idempotent: true,
  deadlineMs: 15000,
  since: 1,
  legal: 'current',
})
