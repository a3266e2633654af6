import { defineResponse } from '../define-response.ts'

export const jobStepResponse = defineResponse({
  name: 'JobStepResponse',
  fields: {
    name: { type: 'string', description: 'Name of the step in its workflow.' },
    status: { type: 'string', description: 'started, done or undone.' },
    attempts: { type: 'integer', description: 'How often it was tried.' },
    started: { type: 'date', description: 'When it began.' },
    ended: { type: 'date', description: 'When it ended.' },
  },
})
