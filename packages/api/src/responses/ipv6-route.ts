import { defineResponse } from '../define-response.ts'

export const ipv6RouteResponse = defineResponse({
  name: 'Ipv6RouteResponse',
  fields: {
    subnet: { type: 'string', description: 'The subnet.' },
    gateway: { type: 'string', description: 'The gateway.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
