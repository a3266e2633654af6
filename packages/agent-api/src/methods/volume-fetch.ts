import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolRef } from '../schema/pool-ref.ts'
import { tokens } from '../schema/tokens.ts'
import { imageRef, volumeRef } from '../schema/volume-ref.ts'

export const volumeFetch = defineMethod({
  name: 'volume.fetch',
  direction: 'server-to-agent',
  description:
    "Makes a volume of an image of the server's store: fetched, checked, grown to its size. What is there already under its name is replaced. The result is its size there.",
  params: z.object({ tokens, pool: poolRef, volume: volumeRef, image: imageRef }),
  result: z.object({ accepted: z.literal(true) }),
  mutates: true,
  idempotent: true,
  long: true,
  deadlineMs: 15000,
  since: 1,
  legal: 'current',
})
