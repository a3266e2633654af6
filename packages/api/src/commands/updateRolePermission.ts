import { defineCommand } from '../define-command.ts'

export const updateRolePermission = defineCommand({
  name: 'updateRolePermission',
  kind: 'sync',
  roles: ['Admin'],
  unlistedRoles: ['Admin'],
  since: '4.9.0',
  description: 'updateRolePermission.',
  params: {
    roleid: { type: 'uuid', entity: 'Role', access: 'use', required: true, description: 'The role.' },
    ruleorder: { type: 'list', items: 'uuid', entity: 'RolePermission', access: 'use', description: 'The ruleorder.' },
    ruleid: { type: 'uuid', entity: 'RolePermission', access: 'use', since: '4.11', description: 'The ruleid.' },
    permission: { type: 'string', since: '4.11', description: 'allow or deny.' },
  },
  response: 'success',
})
