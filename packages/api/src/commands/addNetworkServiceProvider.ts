import { defineCommand } from '../define-command.ts'
import { networkServiceProviderResponse } from '../responses/network-service-provider.ts'

export const addNetworkServiceProvider = defineCommand({
  name: 'addNetworkServiceProvider',
  kind: 'create',
  roles: ['Admin'],
  event: 'SERVICE.PROVIDER.CREATE',
  since: '3.0.0',
  description: 'Adds a network service provider to a physical network, in state Disabled.',
  params: {
    physicalnetworkid: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'operate',
      required: true,
      description: 'Physical network.',
    },
    destinationphysicalnetworkid: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'use',
      description: 'Physical network it connects to.',
    },
    name: { type: 'string', required: true, description: 'Name, e.g. VirtualRouter.' },
    servicelist: { type: 'list', items: 'string', description: 'Services it shall give; all of its own unless given.' },
  },
  response: networkServiceProviderResponse,
  key: 'networkserviceprovider',
})
