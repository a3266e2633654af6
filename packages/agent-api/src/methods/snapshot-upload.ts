import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolRef } from '../schema/pool-ref.ts'
import { tokens } from '../schema/tokens.ts'

export const snapshotUpload = defineMethod({
  name: 'snapshot.upload',
  direction: 'server-to-agent',
  description: 'Sends the image of snapshot.take to the server; a cut transfer is resumed.',
  params: z.object({ tokens, pool: poolRef, snapshotUuid: z.uuid(), sizeBytes: z.int().min(1) }),
  result: z.object({ accepted: z.literal(true) }),
  mutates: true,
  idempotent: true,
  long: true,
  deadlineMs: 15000,
  since: 1,
  legal: 'current',
})
