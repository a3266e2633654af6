import { defineResponse } from '../define-response.ts'

export const ipRangeResponse = defineResponse({
  name: 'IpRangeResponse',
  fields: {
    gateway: { type: 'string', description: 'The gateway.' },
    cidr: { type: 'string', description: 'The cidr.' },
    startip: { type: 'string', description: 'The startip.' },
    endip: { type: 'string', description: 'The endip.' },
    forsystemvms: { type: 'string', description: 'The forsystemvms.' },
    vlanid: { type: 'string', description: 'The vlanid.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
