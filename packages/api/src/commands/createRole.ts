import { defineCommand } from '../define-command.ts'
import { roleResponse } from '../responses/role.ts'

export const createRole = defineCommand({
  name: 'createRole',
  kind: 'sync',
  roles: ['Admin'],
  unlistedRoles: ['Admin'],
  event: 'ROLE.CREATE',
  since: '4.9.0',
  description: 'Creates a role from a role type or as a copy of another role.',
  params: {
    name: { type: 'string', required: true, description: 'Name.' },
    roleid: { type: 'uuid', entity: 'Role', access: 'use', description: 'Role whose rules to copy; instead of type.' },
    ispublic: { type: 'boolean', description: 'Whether domain admins may give it to accounts; true unless given.' },
    type: {
      type: 'string',
      values: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
      description: 'Type of the role; instead of roleid.',
    },
    description: { type: 'string', description: 'What it is for.' },
  },
  response: roleResponse,
  key: 'role',
})
