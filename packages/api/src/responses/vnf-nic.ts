import { defineResponse } from '../define-response.ts'

export const vnfNicResponse = defineResponse({
  name: 'VnfNicResponse',
  fields: {
    deviceid: { type: 'long', description: 'The deviceid.' },
    name: { type: 'string', description: 'The name.' },
    required: { type: 'boolean', description: 'The required.' },
    management: { type: 'boolean', description: 'The management.' },
    description: { type: 'string', description: 'The description.' },
    networkid: { type: 'string', description: 'The networkid.' },
    networkname: { type: 'string', description: 'The networkname.' },
  },
})
