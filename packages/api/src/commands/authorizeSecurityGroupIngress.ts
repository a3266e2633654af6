import { defineCommand } from '../define-command.ts'
import { securityRule } from '../params/security-rule.ts'
import { securityGroupResponse } from '../responses/security-group.ts'

export const authorizeSecurityGroupIngress = defineCommand({
  name: 'authorizeSecurityGroupIngress',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'SG.AUTH.INGRESS',
  since: '4.0.0',
  description: 'Lets traffic in to the members of a group: one rule for each network or group named.',
  params: securityRule,
  response: securityGroupResponse,
  key: 'securitygroup',
})
