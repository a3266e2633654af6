import { defineCommand } from '../define-command.ts'

export const deleteUser = defineCommand({
  name: 'deleteUser',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'USER.DELETE',
  since: '2.1.0',
  description: 'Deletes a user. Its sessions and keys end at once.',
  params: {
    id: { type: 'uuid', entity: 'User', access: 'operate', required: true, description: 'The user.' },
  },
  response: 'success',
})
