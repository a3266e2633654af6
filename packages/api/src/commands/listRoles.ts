import { defineCommand } from '../define-command.ts'
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
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: roleResponse,
  key: 'role',
})
