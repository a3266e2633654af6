import { defineResponse } from '../define-response.ts'
import { networkServiceCapabilityResponse } from './network-service-capability.ts'
import { networkServiceProviderResponse } from './network-service-provider.ts'

export const networkServiceResponse = defineResponse({
  name: 'ServiceResponse',
  fields: {
    name: { type: 'string', description: 'Name.' },
    provider: { type: 'list', of: networkServiceProviderResponse, description: 'Provider.' },
    capability: { type: 'list', of: networkServiceCapabilityResponse, description: 'What the service can do.' },
  },
})
