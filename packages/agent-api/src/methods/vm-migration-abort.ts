import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { tokens, vmToken } from '../schema/tokens.ts'

export const vmMigrationAbort = defineMethod({
  name: 'vm.migration.abort',
  direction: 'server-to-agent',
  description: 'On the source: cancels the migration job of this VM if one runs.',
  params: z.object({ tokens, vm: vmToken }),
  result: z.object({ aborted: z.boolean() }),
  mutates: true,
  idempotent: true,
  deadlineMs: 10000,
  since: 1,
  legal: 'current',
})
