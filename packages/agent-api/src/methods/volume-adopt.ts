import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { looseFileName } from '../schema/loose-file.ts'
import { poolRef } from '../schema/pool-ref.ts'
import { tokens } from '../schema/tokens.ts'

export const volumeAdopt = defineMethod({
  name: 'volume.adopt',
  direction: 'server-to-agent',
  description:
    'Makes a file of a pool a volume: examined as a stranger is, given to QEMU, and named by the id. Refused while a guest of the host has it, and left as it was then.',
  params: z.object({
    tokens,
    pool: poolRef,
    name: looseFileName,
    volumeUuid: z.uuid(),
    /** What was seen of it: another file of the name is refused. */
    format: z.enum(['qcow2', 'raw']),
    virtualSizeBytes: z.int(),
  }),
  result: z.object({ physicalBytes: z.int() }),
  mutates: true,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
