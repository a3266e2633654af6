import { defineResponse } from '../define-response.ts'

export const apiFieldResponse = defineResponse({
  name: 'ApiResponseResponse',
  fields: {
    name: { type: 'string', description: 'Name.' },
    description: { type: 'string', description: 'What the field means.' },
    type: { type: 'string', description: 'Type.' },
    response: { type: 'set', description: 'Fields inside the field.' },
  },
})
