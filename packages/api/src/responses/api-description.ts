import { defineResponse } from '../define-response.ts'
import { apiFieldResponse } from './api-field.ts'
import { apiParameterResponse } from './api-parameter.ts'

export const apiDescriptionResponse = defineResponse({
  name: 'ApiDiscoveryResponse',
  fields: {
    name: { type: 'string', description: 'Name.' },
    description: { type: 'string', description: 'What the command does.' },
    since: { type: 'string', description: 'Version that first had it.' },
    isasync: { type: 'boolean', description: 'Whether it answers a job.' },
    related: { type: 'string', description: 'Commands about the same object, separated by commas.' },
    params: { type: 'set', of: apiParameterResponse, description: 'Its parameters.' },
    response: { type: 'set', of: apiFieldResponse, description: 'Fields of its answer.' },
    type: { type: 'string', description: 'Type.' },
    httprequesttype: { type: 'string', since: '4.23.0', description: 'GET or POST, whichever is preferred.' },
  },
})
