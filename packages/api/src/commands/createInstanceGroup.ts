import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'
import { instanceGroupResponse } from '../responses/instance-group.ts'

export const createInstanceGroup = defineCommand({
  name: 'createInstanceGroup',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VM.GROUP.CREATE',
  since: '2.1.0',
  description: 'Makes a group of virtual machines: a name that they share.',
  params: {
    name: { type: 'string', required: true, description: 'Name, once an account.' },
    account: { type: 'string', description: 'Account that will own it; with domainid. The caller unless given.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'use', description: 'Domain of the account.' },
    ...projectOfObject,
  },
  response: instanceGroupResponse,
  key: 'instancegroup',
})
