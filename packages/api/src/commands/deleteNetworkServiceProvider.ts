import { defineCommand } from '../define-command.ts'

export const deleteNetworkServiceProvider = defineCommand({
  name: 'deleteNetworkServiceProvider',
  kind: 'async',
  roles: ['Admin'],
  event: 'SERVICE.PROVIDER.DELETE',
  since: '3.0.0',
  description: 'Takes a network service provider from a physical network.',
  params: {
    id: { type: 'uuid', entity: 'NetworkServiceProvider', access: 'operate', required: true, description: 'Provider.' },
  },
  response: 'success',
})
