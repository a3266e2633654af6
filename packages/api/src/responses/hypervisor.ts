import { defineResponse } from '../define-response.ts'

export const hypervisorResponse = defineResponse({
  name: 'HypervisorResponse',
  fields: {
    name: { type: 'string', description: 'The name.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
