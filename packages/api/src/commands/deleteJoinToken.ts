import { defineCommand } from '../define-command.ts'

export const deleteJoinToken = defineCommand({
  name: 'deleteJoinToken',
  kind: 'sync',
  roles: ['Admin'],
  event: 'HOST.JOIN.TOKEN.DELETE',
  since: '0.1.0',
  description: 'Deletes a join token. A host that has already joined with it stays.',
  params: {
    id: { type: 'uuid', entity: 'JoinToken', access: 'operate', required: true, description: 'The token.' },
  },
  response: 'success',
  extension: true,
})
