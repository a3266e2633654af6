import { defineCommand } from '../define-command.ts'
import { rolePermissionResponse } from '../responses/role-permission.ts'

export const listRolePermissions = defineCommand({
  name: 'listRolePermissions',
  kind: 'sync',
  roles: ['Admin'],
  unlistedRoles: ['Admin'],
  since: '4.9.0',
  description: 'Lists the rules of a role in the order in which they are tried; of all roles without roleid.',
  params: {
    roleid: { type: 'uuid', entity: 'Role', access: 'list', description: 'The role.' },
  },
  response: rolePermissionResponse,
  key: 'rolepermission',
  answersAsList: true,
  readOnly: true,
})
