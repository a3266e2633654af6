import { defineCommand } from '../define-command.ts'

export const deleteSnapshot = defineCommand({
  name: 'deleteSnapshot',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'SNAPSHOT.DELETE',
  since: '2.1.0',
  description: 'Deletes a snapshot. Volumes and templates made of it stay.',
  params: {
    id: { type: 'uuid', entity: 'Snapshot', access: 'operate', required: true, description: 'The snapshot.' },
    zoneid: {
      type: 'uuid',
      since: '4.19.0',
      unsupported: { reason: 'Snapshots serve every zone from the store of the server.' },
      description: 'Only its copy in this zone.',
    },
  },
  response: 'success',
})
