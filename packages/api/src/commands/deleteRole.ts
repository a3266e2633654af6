import { defineCommand } from '../define-command.ts'

export const deleteRole = defineCommand({
  name: 'deleteRole',
  kind: 'sync',
  roles: ['Admin'],
  unlistedRoles: ['Admin'],
  since: '4.9.0',
  description: 'deleteRole.',
  params: {
    id: { type: 'uuid', entity: 'Role', access: 'operate', required: true, description: 'Identifier of the object.' },
  },
  response: 'success',
})
