import { defineResponse } from '../define-response.ts'

export const virtualRouterElementResponse = defineResponse({
  name: 'VirtualRouterProviderResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    nspid: { type: 'string', description: 'Id of the network service provider.' },
    enabled: { type: 'boolean', description: 'Whether it is on.' },
  },
})
