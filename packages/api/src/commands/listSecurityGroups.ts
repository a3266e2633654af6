import { defineCommand } from '../define-command.ts'
import { listOwnership, projectOfList } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
import { securityGroupResponse } from '../responses/security-group.ts'

export const listSecurityGroups = defineCommand({
  name: 'listSecurityGroups',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists security groups with their rules.',
  params: {
    securitygroupname: { type: 'string', description: 'Only the group of this name.' },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'list',
      description: 'Only those of this virtual machine.',
    },
    id: { type: 'uuid', entity: 'SecurityGroup', access: 'list', description: 'Only the object of this id.' },
    tags: {
      type: 'map',
      fields: { key: true, value: true },
      description: 'Only objects with one of these tags, as tags[0].key and tags[0].value.',
    },
    ...projectOfList,
    ...listOwnership,
    ...namePaging,
  },
  response: securityGroupResponse,
  key: 'securitygroup',
})
