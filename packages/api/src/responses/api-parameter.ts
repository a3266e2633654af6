import { defineResponse } from '../define-response.ts'

export const apiParameterResponse = defineResponse({
  name: 'ApiParameterResponse',
  fields: {
    name: { type: 'string', description: 'Name.' },
    description: { type: 'string', description: 'What the parameter means.' },
    type: { type: 'string', description: 'Type of the value.' },
    length: { type: 'integer', description: 'Longest value in characters.' },
    required: { type: 'boolean', description: 'Whether it must be given.' },
    since: { type: 'string', description: 'Version that first had it.' },
    related: { type: 'string', description: 'Commands about the same object, separated by commas.' },
  },
})
