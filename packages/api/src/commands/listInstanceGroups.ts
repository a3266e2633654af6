import { defineCommand } from '../define-command.ts'
import { listOwnership, projectOfObject } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
import { instanceGroupResponse } from '../responses/instance-group.ts'

export const listInstanceGroups = defineCommand({
  name: 'listInstanceGroups',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists groups of virtual machines.',
  params: {
    id: { type: 'uuid', entity: 'InstanceGroup', access: 'list', description: 'Only the object of this id.' },
    name: { type: 'string', description: 'Only the group of this name.' },
    ...projectOfObject,
    ...listOwnership,
    ...namePaging,
  },
  response: instanceGroupResponse,
  key: 'instancegroup',
})
