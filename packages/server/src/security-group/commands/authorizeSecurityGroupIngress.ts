import { authorizeSecurityGroupIngress } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { authorize } from '../authorize.ts'

export const handler = defineHandler(authorizeSecurityGroupIngress, {
  change: (call) => authorize(call, 'ingress'),
  eventText: ({ input }) =>
    `adding ingress rule to security group ${input.securitygroupname ?? input.securitygroupid ?? ''}`,
})
