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
    values: { type: 'list', since: '0.1.0', extension: true, description: 'The accepted values, where they are few.' },
    min: { type: 'long', since: '0.1.0', extension: true, description: 'Smallest accepted number.' },
    max: { type: 'long', since: '0.1.0', extension: true, description: 'Largest accepted number.' },
    items: { type: 'string', since: '0.1.0', extension: true, description: 'What a list holds: string or uuid.' },
    fields: { type: 'list', since: '0.1.0', extension: true, description: 'Names of the fields of a map.' },
    sensitive: { type: 'boolean', since: '0.1.0', extension: true, description: 'Whether the value is a secret.' },
    unsupported: {
      type: 'string',
      since: '0.1.0',
      extension: true,
      description: 'Why the parameter is refused; absent where it is not.',
    },
    related: { type: 'string', description: 'Commands about the same object, separated by commas.' },
  },
})
