import { authorizeSecurityGroupEgress } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { authorize } from '../authorize.ts'

export const handler = defineHandler(authorizeSecurityGroupEgress, {
  change: (call) => authorize(call, 'egress'),
  eventText: ({ input }) =>
    `adding egress rule to security group ${input.securitygroupname ?? input.securitygroupid ?? ''}`,
})
