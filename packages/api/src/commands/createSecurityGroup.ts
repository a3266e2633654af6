import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'
import { securityGroupResponse } from '../responses/security-group.ts'

export const createSecurityGroup = defineCommand({
  name: 'createSecurityGroup',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'SG.CREATE',
  since: '4.0.0',
  description: 'Creates a security group: nothing comes in until a rule lets it, everything goes out.',
  params: {
    name: { type: 'string', required: true, description: 'Name, unique in the account.' },
    description: { type: 'string', description: 'What it is for.' },
    account: { type: 'string', description: 'Account that owns it; with domainid. The caller unless given.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'use', description: 'Domain of the account.' },
    ...projectOfObject,
  },
  response: securityGroupResponse,
  key: 'securitygroup',
})
