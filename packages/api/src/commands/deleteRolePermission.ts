import { defineCommand } from '../define-command.ts'

export const deleteRolePermission = defineCommand({
  name: 'deleteRolePermission',
  kind: 'sync',
  roles: ['Admin'],
  unlistedRoles: ['Admin'],
  since: '4.9.0',
  description: 'deleteRolePermission.',
  params: {
    id: {
      type: 'uuid',
      entity: 'RolePermission',
      access: 'operate',
      required: true,
      description: 'Identifier of the object.',
    },
  },
  response: 'success',
})
