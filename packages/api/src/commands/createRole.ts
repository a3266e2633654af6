import { defineCommand } from '../define-command.ts'
import { roleResponse } from '../responses/role.ts'

export const createRole = defineCommand({
  name: 'createRole',
  kind: 'sync',
  roles: ['Admin'],
  unlistedRoles: ['Admin'],
  since: '4.9.0',
  description: 'createRole.',
  params: {
    name: { type: 'string', required: true, description: 'Name.' },
    roleid: { type: 'uuid', entity: 'Role', access: 'use', description: 'The role.' },
    ispublic: { type: 'boolean', description: 'Whether everybody sees it.' },
    type: { type: 'string', description: 'Type.' },
    description: { type: 'string', description: 'What it is for.' },
  },
  response: roleResponse,
  key: 'role',
})
