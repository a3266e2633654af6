import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { poolRef } from '../schema/pool-ref.ts'
import { tokens } from '../schema/tokens.ts'

export const templateRemove = defineMethod({
  name: 'template.remove',
  direction: 'server-to-agent',
  description: "Removes a template's copy from a pool; refused while an overlay of it exists there.",
  params: z.object({ tokens, pool: poolRef, templateUuid: z.uuid() }),
  result: z.object({}),
  mutates: true,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
