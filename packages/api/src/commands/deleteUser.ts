import { defineCommand } from '../define-command.ts'

export const deleteUser = defineCommand({
  name: 'deleteUser',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '2.1.0',
  description: 'deleteUser.',
  params: {
    id: { type: 'uuid', entity: 'User', access: 'operate', required: true, description: 'Identifier of the object.' },
  },
  response: 'success',
})
