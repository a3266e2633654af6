import { defineCommand } from '../define-command.ts'

export const deleteNetwork = defineCommand({
  name: 'deleteNetwork',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'NETWORK.DELETE',
  since: '2.1.0',
  description: 'Deletes a network without guests.',
  params: {
    id: { type: 'uuid', entity: 'Network', access: 'operate', required: true, description: 'The network.' },
    forced: { type: 'boolean', description: 'Delete it although its clean-up on hosts fails.' },
  },
  response: 'success',
})
