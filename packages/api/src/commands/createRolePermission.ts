import { defineCommand } from '../define-command.ts'
import { rolePermissionResponse } from '../responses/role-permission.ts'

export const createRolePermission = defineCommand({
  name: 'createRolePermission',
  kind: 'sync',
  roles: ['Admin'],
  unlistedRoles: ['Admin'],
  since: '4.9.0',
  description: 'createRolePermission.',
  params: {
    roleid: { type: 'uuid', entity: 'Role', access: 'use', required: true, description: 'The role.' },
    rule: { type: 'string', required: true, description: 'The rule.' },
    permission: { type: 'string', required: true, description: 'allow or deny.' },
    description: { type: 'string', description: 'What it is for.' },
  },
  response: rolePermissionResponse,
  key: 'rolepermission',
})
