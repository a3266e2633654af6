import { defineResponse } from '../define-response.ts'

export const alertResponse = defineResponse({
  name: 'AlertResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    type: { type: 'integer', description: "Number of the alert's type." },
    name: { type: 'string', since: '4.3', description: 'Name.' },
    description: { type: 'string', description: 'What happened.' },
    sent: { type: 'date', description: 'When it was raised.' },
    fix: { type: 'string', since: '0.1.0', extension: true, description: 'What to do about it.' },
  },
})
