import { defineCommand } from '../define-command.ts'
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
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: networkServiceProviderResponse,
  key: 'networkserviceprovider',
})
