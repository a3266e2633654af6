import { defineResponse } from '../define-response.ts'

export const vpcResponse = defineResponse({
  name: 'VpcResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    name: { type: 'string', description: 'Name.' },
    displaytext: { type: 'string', description: 'Text shown to people.' },
    state: { type: 'string', description: 'State.' },
    zoneid: { type: 'string', description: 'Id of the zone.' },
    cidr: { type: 'string', description: 'Network in CIDR form.' },
  },
})
