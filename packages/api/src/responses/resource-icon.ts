import { defineResponse } from '../define-response.ts'

export const resourceIconResponse = defineResponse({
  name: 'ResourceIconResponse',
  fields: {
    resourcetype: { type: 'string', description: 'The resourcetype.' },
    resourceid: { type: 'string', description: 'The resourceid.' },
    base64image: { type: 'string', description: 'The base64image.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
