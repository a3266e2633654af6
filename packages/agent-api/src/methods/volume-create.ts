import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolRef } from '../schema/pool-ref.ts'
import { tokens } from '../schema/tokens.ts'

export const volumeCreate = defineMethod({
  name: 'volume.create',
  direction: 'server-to-agent',
  description: 'Creates a volume: an overlay with a relative backing path and explicit format, or a blank one.',
  params: z.object({
    tokens,
    pool: poolRef,
    volume: z.object({
      uuid: z.uuid(),
      sizeBytes: z.int().min(1),
      format: z.enum(['qcow2', 'raw']),
      templateUuid: z.uuid().optional(),
    }),
  }),
  result: z.object({ sizeBytes: z.int(), physicalBytes: z.int(), path: z.string() }),
  mutates: true,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
