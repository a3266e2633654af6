import { defineCommand } from '../define-command.ts'

export const deletePod = defineCommand({
  name: 'deletePod',
  kind: 'sync',
  roles: ['Admin'],
  event: 'POD.DELETE',
  since: '2.1.0',
  description: 'Deletes a pod that has no clusters left.',
  params: {
    id: { type: 'uuid', entity: 'Pod', access: 'operate', required: true, description: 'The pod.' },
  },
  response: 'success',
})
