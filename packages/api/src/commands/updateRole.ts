import { defineCommand } from '../define-command.ts'
import { roleResponse } from '../responses/role.ts'

export const updateRole = defineCommand({
  name: 'updateRole',
  kind: 'sync',
  roles: ['Admin'],
  unlistedRoles: ['Admin'],
  event: 'ROLE.UPDATE',
  since: '4.9.0',
  description: 'Changes a role. The default roles cannot change.',
  params: {
    id: { type: 'uuid', entity: 'Role', access: 'operate', required: true, description: 'Identifier of the object.' },
    name: { type: 'string', description: 'Name.' },
    description: { type: 'string', description: 'What it is for.' },
    ispublic: { type: 'boolean', description: 'Whether domain admins may give it to accounts.' },
    type: {
      type: 'string',
      values: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
      description: 'New type; only while no account has the role.',
    },
  },
  response: roleResponse,
  key: 'role',
})
