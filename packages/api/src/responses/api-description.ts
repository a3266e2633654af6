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
    kind: { type: 'string', since: '0.1.0', extension: true, description: 'list, sync, async or create.' },
    key: { type: 'string', since: '0.1.0', extension: true, description: 'Key of the object or list in its answer.' },
    event: { type: 'string', since: '0.1.0', extension: true, description: 'Type of the event that it records.' },
    httprequesttype: { type: 'string', since: '4.23.0', description: 'GET or POST, whichever is preferred.' },
  },
})
