import { defineCommand } from '../define-command.ts'
import { securityRule } from '../params/security-rule.ts'
import { securityGroupResponse } from '../responses/security-group.ts'

export const authorizeSecurityGroupEgress = defineCommand({
  name: 'authorizeSecurityGroupEgress',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'SG.AUTH.EGRESS',
  since: '3.0.0',
  description: 'Lets traffic out of the members of a group; with the first such rule everything else is held back.',
  params: securityRule,
  response: securityGroupResponse,
  key: 'securitygroup',
})
