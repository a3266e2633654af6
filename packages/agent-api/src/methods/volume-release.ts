import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { looseFileName } from '../schema/loose-file.ts'
import { poolRef } from '../schema/pool-ref.ts'
import { tokens } from '../schema/tokens.ts'

export const volumeRelease = defineMethod({
  name: 'volume.release',
  direction: 'server-to-agent',
  description:
    'Gives the file of a volume the name that it had before volume.adopt. One that was not adopted is left alone.',
  params: z.object({ tokens, pool: poolRef, name: looseFileName, volumeUuid: z.uuid() }),
  result: z.object({}),
  mutates: true,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
