import { defineCommand } from '../define-command.ts'
import { rolePermissionResponse } from '../responses/role-permission.ts'

export const createRolePermission = defineCommand({
  name: 'createRolePermission',
  kind: 'sync',
  roles: ['Admin'],
  unlistedRoles: ['Admin'],
  event: 'ROLE.PERMISSION.CREATE',
  since: '4.9.0',
  description: "Adds a rule at the end of a role's list. The first rule that matches a command decides.",
  params: {
    roleid: { type: 'uuid', entity: 'Role', access: 'operate', required: true, description: 'Role to add to.' },
    rule: { type: 'string', required: true, description: 'Name of a command or a pattern with *, e.g. list*.' },
    permission: { type: 'string', required: true, values: ['allow', 'deny'], description: 'What the rule does.' },
    description: { type: 'string', description: 'What it is for.' },
  },
  response: rolePermissionResponse,
  key: 'rolepermission',
})
