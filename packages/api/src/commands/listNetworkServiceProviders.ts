import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { networkServiceProviderResponse } from '../responses/network-service-provider.ts'

export const listNetworkServiceProviders = defineCommand({
  name: 'listNetworkServiceProviders',
  kind: 'list',
  roles: ['Admin'],
  since: '3.0.0',
  description:
    'Lists who gives network services on a physical network. Hosts do the work of the virtual router for their own guests.',
  params: {
    physicalnetworkid: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'list',
      description: 'Only those of this physical network.',
    },
    name: { type: 'string', description: 'Only those of this name.' },
    state: {
      type: 'string',
      values: ['Enabled', 'Disabled', 'Shutdown'],
      description: 'Enabled, Disabled or Shutdown.',
    },
    ...namePaging,
  },
  response: networkServiceProviderResponse,
  key: 'networkserviceprovider',
})
