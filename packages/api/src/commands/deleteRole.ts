import { defineCommand } from '../define-command.ts'

export const deleteRole = defineCommand({
  name: 'deleteRole',
  kind: 'sync',
  roles: ['Admin'],
  unlistedRoles: ['Admin'],
  event: 'ROLE.DELETE',
  since: '4.9.0',
  description: 'Deletes a role that no account has. The default roles cannot be deleted.',
  params: {
    id: { type: 'uuid', entity: 'Role', access: 'operate', required: true, description: 'The role.' },
  },
  response: 'success',
})
