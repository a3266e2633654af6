import { defineCommand } from '../define-command.ts'

export const revokeSecurityGroupEgress = defineCommand({
  name: 'revokeSecurityGroupEgress',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'SG.REVOKE.EGRESS',
  since: '3.0.0',
  description: 'Removes an egress rule. Connections that are open may go on until they end.',
  params: {
    id: {
      type: 'uuid',
      entity: 'SecurityGroupRule',
      access: 'operate',
      required: true,
      description: 'The rule.',
    },
  },
  response: 'success',
})
