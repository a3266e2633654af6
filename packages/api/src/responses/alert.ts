import { defineResponse } from '../define-response.ts'

export const alertResponse = defineResponse({
  name: 'AlertResponse',
  fields: {
    id: { type: 'string', description: 'The id.' },
    type: { type: 'integer', description: 'The type.' },
    name: { type: 'string', since: '4.3', description: 'The name.' },
    description: { type: 'string', description: 'The description.' },
    sent: { type: 'date', description: 'The sent.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
