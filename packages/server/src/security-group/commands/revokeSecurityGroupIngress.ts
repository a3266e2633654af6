import { revokeSecurityGroupIngress } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { revoke } from '../authorize.ts'

export const handler = defineHandler(revokeSecurityGroupIngress, {
  change: ({ tx, ctx, entities }) => revoke(tx, ctx, entities.id, 'ingress'),
  eventText: ({ input }) => `removing ingress rule ${input.id}`,
})
