import { defineResponse } from '../define-response.ts'
import { networkServiceCapabilityResponse } from './network-service-capability.ts'
import { networkServiceProviderResponse } from './network-service-provider.ts'

export const networkServiceResponse = defineResponse({
  name: 'ServiceResponse',
  fields: {
    name: { type: 'string', description: 'The name.' },
    provider: { type: 'list', of: networkServiceProviderResponse, description: 'The provider.' },
    capability: { type: 'list', of: networkServiceCapabilityResponse, description: 'The capability.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
