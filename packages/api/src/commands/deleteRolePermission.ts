import { defineCommand } from '../define-command.ts'

export const deleteRolePermission = defineCommand({
  name: 'deleteRolePermission',
  kind: 'sync',
  roles: ['Admin'],
  unlistedRoles: ['Admin'],
  event: 'ROLE.PERMISSION.DELETE',
  since: '4.9.0',
  description: 'Deletes a rule.',
  params: {
    id: { type: 'uuid', entity: 'RolePermission', access: 'operate', required: true, description: 'The rule.' },
  },
  response: 'success',
})
