import { defineCommand } from '../define-command.ts'
import { snapshotResponse } from '../responses/snapshot.ts'

export const revertSnapshot = defineCommand({
  name: 'revertSnapshot',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'SNAPSHOT.REVERT',
  since: '2.1.0',
  description:
    'Brings a volume back to a snapshot. Its virtual machine must be stopped; what was written since is lost.',
  params: {
    id: { type: 'uuid', entity: 'Snapshot', access: 'operate', required: true, description: 'The snapshot.' },
  },
  response: snapshotResponse,
  key: 'snapshot',
})
