import { defineCommand } from '../define-command.ts'
import { securityGroupResponse } from '../responses/security-group.ts'

export const updateSecurityGroup = defineCommand({
  name: 'updateSecurityGroup',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'SG.UPDATE',
  since: '4.14.0.0',
  description: 'Renames a security group.',
  params: {
    id: {
      type: 'uuid',
      entity: 'SecurityGroup',
      access: 'operate',
      required: true,
      description: 'The group.',
    },
    name: { type: 'string', description: 'New name; the default group keeps its own.' },
    customid: { type: 'string', roles: ['Admin'], description: 'UUID to give to it; root admins only.' },
  },
  response: securityGroupResponse,
  key: 'securitygroup',
})
