import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolRef } from '../schema/pool-ref.ts'
import { tokens } from '../schema/tokens.ts'

export const volumeRemove = defineMethod({
  name: 'volume.remove',
  direction: 'server-to-agent',
  description: 'Removes a volume; absent is success; refused while a domain of this host uses it.',
  params: z.object({ tokens, pool: poolRef, volumeUuid: z.uuid() }),
  result: z.object({}),
  mutates: true,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
