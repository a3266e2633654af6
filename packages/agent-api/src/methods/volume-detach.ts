import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolRef } from '../schema/pool-ref.ts'
import { tokens, vmToken } from '../schema/tokens.ts'

export const volumeDetach = defineMethod({
  name: 'volume.detach',
  direction: 'server-to-agent',
  description:
    'Takes a disk from a running guest and waits until QEMU has let go of it; a guest that keeps it for `timeoutMs` is a failure. Absent is success.',
  params: z.object({
    tokens,
    vm: vmToken,
    pool: poolRef,
    volumeUuid: z.uuid(),
    timeoutMs: z.int().min(0).max(600_000),
  }),
  result: z.object({ accepted: z.literal(true) }),
  mutates: true,
  idempotent: true,
  long: true,
  deadlineMs: 15000,
  since: 1,
  legal: 'current',
})
