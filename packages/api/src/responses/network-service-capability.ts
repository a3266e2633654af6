import { defineResponse } from '../define-response.ts'

export const networkServiceCapabilityResponse = defineResponse({
  name: 'CapabilityResponse',
  fields: {
    name: { type: 'string', description: 'The name.' },
    value: { type: 'string', description: 'The value.' },
    canchooseservicecapability: { type: 'boolean', description: 'The canchooseservicecapability.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
