import { defineCommand } from '../define-command.ts'

export const deleteCluster = defineCommand({
  name: 'deleteCluster',
  kind: 'sync',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'deleteCluster.',
  params: {
    id: {
      type: 'uuid',
      entity: 'Cluster',
      access: 'operate',
      required: true,
      description: 'Identifier of the object.',
    },
  },
  response: 'success',
})
