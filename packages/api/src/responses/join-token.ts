import { defineResponse } from '../define-response.ts'

export const joinTokenResponse = defineResponse({
  name: 'JoinTokenResponse',
  fields: {
    id: { type: 'string', description: 'The id.' },
    description: { type: 'string', description: 'The description.' },
    token: { type: 'string', sensitive: true, description: 'The token.' },
    clusterid: { type: 'string', description: 'The clusterid.' },
    clustername: { type: 'string', description: 'The clustername.' },
    podid: { type: 'string', description: 'The podid.' },
    zoneid: { type: 'string', description: 'The zoneid.' },
    url: { type: 'string', description: 'The url.' },
    created: { type: 'date', description: 'The created.' },
    expires: { type: 'date', description: 'The expires.' },
    hostid: { type: 'string', description: 'The hostid.' },
    hostname: { type: 'string', description: 'The hostname.' },
  },
})
