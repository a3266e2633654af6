import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'

export const deleteSecurityGroup = defineCommand({
  name: 'deleteSecurityGroup',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'SG.DELETE',
  since: '4.0.0',
  description: 'Deletes a security group that no virtual machine and no rule of another group uses.',
  params: {
    id: {
      type: 'uuid',
      entity: 'SecurityGroup',
      access: 'operate',
      description: 'The group; or its name.',
    },
    name: { type: 'string', description: 'Name of the group, instead of id.' },
    account: { type: 'string', description: 'Account that owns it; with domainid. The caller unless given.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'use', description: 'Domain of the account.' },
    ...projectOfObject,
  },
  response: 'success',
})
