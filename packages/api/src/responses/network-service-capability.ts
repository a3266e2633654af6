import { defineResponse } from '../define-response.ts'

export const networkServiceCapabilityResponse = defineResponse({
  name: 'CapabilityResponse',
  fields: {
    name: { type: 'string', description: 'Name.' },
    value: { type: 'string', description: 'Value.' },
    canchooseservicecapability: { type: 'boolean', description: 'Whether an offering may choose the value.' },
  },
})
