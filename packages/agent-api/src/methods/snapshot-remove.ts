import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolRef } from '../schema/pool-ref.ts'
import { tokens, vmToken } from '../schema/tokens.ts'

export const snapshotRemove = defineMethod({
  name: 'snapshot.remove',
  direction: 'server-to-agent',
  description: 'Removes what snapshot.take left on the host, and ends it where it is under way. Absent is success.',
  params: z.object({ tokens, pool: poolRef, snapshotUuid: z.uuid(), vm: vmToken.optional() }),
  result: z.object({}),
  mutates: true,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
