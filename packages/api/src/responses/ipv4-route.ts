import { defineResponse } from '../define-response.ts'

export const ipv4RouteResponse = defineResponse({
  name: 'Ipv4RouteResponse',
  fields: {
    subnet: { type: 'string', description: 'The subnet.' },
    gateway: { type: 'string', description: 'The gateway.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
