import { defineResponse } from '../define-response.ts'
import { apiFieldResponse } from './api-field.ts'
import { apiParameterResponse } from './api-parameter.ts'

export const apiDescriptionResponse = defineResponse({
  name: 'ApiDiscoveryResponse',
  fields: {
    name: { type: 'string', description: 'The name.' },
    description: { type: 'string', description: 'The description.' },
    since: { type: 'string', description: 'The since.' },
    isasync: { type: 'boolean', description: 'The isasync.' },
    related: { type: 'string', description: 'The related.' },
    params: { type: 'set', of: apiParameterResponse, description: 'The params.' },
    response: { type: 'set', of: apiFieldResponse, description: 'The response.' },
    type: { type: 'string', description: 'The type.' },
    httprequesttype: { type: 'string', since: '4.23.0', description: 'The httprequesttype.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
