import { defineCommand } from '../define-command.ts'

export const deleteCluster = defineCommand({
  name: 'deleteCluster',
  kind: 'sync',
  roles: ['Admin'],
  event: 'CLUSTER.DELETE',
  since: '2.1.0',
  description: 'Deletes a cluster that has no hosts and no storage left.',
  params: {
    id: { type: 'uuid', entity: 'Cluster', access: 'operate', required: true, description: 'The cluster.' },
  },
  response: 'success',
})
