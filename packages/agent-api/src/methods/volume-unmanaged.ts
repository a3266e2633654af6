import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { looseFile, looseFileName } from '../schema/loose-file.ts'
import { poolRef } from '../schema/pool-ref.ts'

export const volumeUnmanaged = defineMethod({
  name: 'volume.unmanaged',
  direction: 'server-to-agent',
  description:
    'Files of a pool of files with what their headers say: one by name, or the first thousand. Volumes are among them.',
  params: z.object({ pool: poolRef, name: looseFileName.optional() }),
  result: z.object({ files: z.array(looseFile) }),
  mutates: false,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
