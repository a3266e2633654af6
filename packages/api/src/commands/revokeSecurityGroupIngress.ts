import { defineCommand } from '../define-command.ts'

export const revokeSecurityGroupIngress = defineCommand({
  name: 'revokeSecurityGroupIngress',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'SG.REVOKE.INGRESS',
  since: '4.0.0',
  description: 'Removes an ingress rule. Connections that are open may go on until they end.',
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
