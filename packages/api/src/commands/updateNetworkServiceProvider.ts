import { defineCommand } from '../define-command.ts'
import { networkServiceProviderResponse } from '../responses/network-service-provider.ts'

export const updateNetworkServiceProvider = defineCommand({
  name: 'updateNetworkServiceProvider',
  kind: 'async',
  roles: ['Admin'],
  event: 'SERVICE.PROVIDER.UPDATE',
  since: '3.0.0',
  description:
    'Enables or disables a network service provider, or changes its services. State and services are kept and answered; what hosts do for their guests follows from the network offering.',
  params: {
    state: {
      type: 'string',
      values: ['Enabled', 'Disabled', 'Shutdown'],
      description: 'Enabled, Disabled or Shutdown.',
    },
    id: { type: 'uuid', entity: 'NetworkServiceProvider', access: 'operate', required: true, description: 'Provider.' },
    servicelist: { type: 'list', items: 'string', description: 'Services it shall give.' },
  },
  response: networkServiceProviderResponse,
  key: 'networkserviceprovider',
})
