import { defineResponse } from '../define-response.ts'

export const apiParameterResponse = defineResponse({
  name: 'ApiParameterResponse',
  fields: {
    name: { type: 'string', description: 'The name.' },
    description: { type: 'string', description: 'The description.' },
    type: { type: 'string', description: 'The type.' },
    length: { type: 'integer', description: 'The length.' },
    required: { type: 'boolean', description: 'The required.' },
    since: { type: 'string', description: 'The since.' },
    related: { type: 'string', description: 'The related.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
