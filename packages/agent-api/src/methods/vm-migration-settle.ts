import { z } from 'zod'
import { defineMethod } from '../define-method.ts'
import { tokens, vmToken } from '../schema/tokens.ts'

export const vmMigrationSettle = defineMethod({
  name: 'vm.migration.settle',
  direction: 'server-to-agent',
  description:
    'After a migration: `keep` confirms the guest here (destination of a success, source of a failure); `drop` removes what was prepared or a paused incoming copy, never a running guest.',
  params: z.object({ tokens, vm: vmToken, decision: z.enum(['keep', 'drop']) }),
  result: z.object({ state: z.enum(['running', 'paused', 'absent']) }),
  mutates: true,
  idempotent: true,
  deadlineMs: 60000,
  since: 1,
  legal: 'current',
})
