import { defineCommand } from '../define-command.ts'

export const deleteVolume = defineCommand({
  name: 'deleteVolume',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VOLUME.DELETE',
  since: '2.1.0',
  description: 'Deletes a detached volume for good.',
  params: {
    id: { type: 'uuid', entity: 'Volume', access: 'operate', required: true, description: 'The volume.' },
  },
  response: 'success',
})
