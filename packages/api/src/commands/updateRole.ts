import { defineCommand } from '../define-command.ts'
import { roleResponse } from '../responses/role.ts'

export const updateRole = defineCommand({
  name: 'updateRole',
  kind: 'sync',
  roles: ['Admin'],
  unlistedRoles: ['Admin'],
  since: '4.9.0',
  description: 'updateRole.',
  params: {
    id: { type: 'uuid', entity: 'Role', access: 'operate', required: true, description: 'Identifier of the object.' },
    name: { type: 'string', description: 'Name.' },
    description: { type: 'string', description: 'What it is for.' },
    ispublic: { type: 'boolean', description: 'Whether everybody sees it.' },
    type: { type: 'string', description: 'Type.' },
  },
  response: roleResponse,
  key: 'role',
})
