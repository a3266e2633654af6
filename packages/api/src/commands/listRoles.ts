import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { roleResponse } from '../responses/role.ts'

export const listRoles = defineCommand({
  name: 'listRoles',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  unlistedRoles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '4.9.0',
  description: 'Lists roles.',
  params: {
    id: { type: 'uuid', entity: 'Role', access: 'list', description: 'Only the object of this id.' },
    name: { type: 'string', description: 'Only those of this name.' },
    type: {
      type: 'string',
      values: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
      description: 'Only roles of this type.',
    },
    state: { type: 'string', values: ['enabled', 'disabled'], description: 'Only roles in this state.' },
    ...namePaging,
  },
  response: roleResponse,
  key: 'role',
})
