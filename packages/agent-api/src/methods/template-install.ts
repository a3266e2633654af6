import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolRef } from '../schema/pool-ref.ts'
import { tokens } from '../schema/tokens.ts'

export const templateInstall = defineMethod({
  name: 'template.install',
  direction: 'server-to-agent',
  description:
    "Brings a template's image onto the pool once: fetched from the server's image path by ranged GET, checked, renamed into place.",
  params: z.object({
    tokens,
    pool: poolRef,
    template: z.object({
      uuid: z.uuid(),
      format: z.enum(['qcow2', 'raw']),
      sizeBytes: z.int(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      virtualSizeBytes: z.int(),
    }),
  }),
  result: z.object({ accepted: z.literal(true) }),
  mutates: true,
  idempotent: true,
  long: true,
  deadlineMs: 15000,
  since: 1,
  legal: 'current',
})
