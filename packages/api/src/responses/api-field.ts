import { defineResponse } from '../define-response.ts'

export const apiFieldResponse = defineResponse({
  name: 'ApiResponseResponse',
  fields: {
    name: { type: 'string', description: 'The name.' },
    description: { type: 'string', description: 'The description.' },
    type: { type: 'string', description: 'The type.' },
    response: { type: 'set', description: 'The response.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
