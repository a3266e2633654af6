import { defineResponse } from '../define-response.ts'

export const dedicatedResourceResponse = defineResponse({
  name: 'DedicatedResourceResponse',
  fields: {
    resourceid: { type: 'string', description: 'The resourceid.' },
    resourcename: { type: 'string', description: 'The resourcename.' },
    resourcetype: { type: 'string', description: 'The resourcetype.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
