import { revokeSecurityGroupEgress } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { revoke } from '../authorize.ts'

export const handler = defineHandler(revokeSecurityGroupEgress, {
  change: ({ tx, ctx, entities }) => revoke(tx, ctx, entities.id, 'egress'),
  eventText: ({ input }) => `removing egress rule ${input.id}`,
})
