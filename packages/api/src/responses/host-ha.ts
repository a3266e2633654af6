import { defineResponse } from '../define-response.ts'

export const hostHaResponse = defineResponse({
  name: 'HostHAResponse',
  fields: {
    hostid: { type: 'string', description: 'The hostid.' },
    haenable: { type: 'boolean', description: 'The haenable.' },
    hastate: { type: 'string', description: 'The hastate.' },
    haprovider: { type: 'string', description: 'The haprovider.' },
    status: { type: 'boolean', description: 'The status.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
