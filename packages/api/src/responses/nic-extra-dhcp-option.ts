import { defineResponse } from '../define-response.ts'

export const nicExtraDhcpOptionResponse = defineResponse({
  name: 'NicExtraDhcpOptionResponse',
  fields: {
    id: { type: 'string', description: 'The id.' },
    nicid: { type: 'string', description: 'The nicid.' },
    extradhcpoptionname: { type: 'string', description: 'The extradhcpoptionname.' },
    extradhcpoptioncode: { type: 'integer', description: 'The extradhcpoptioncode.' },
    extradhcpvalue: { type: 'string', description: 'The extradhcpvalue.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
