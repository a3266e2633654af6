import { defineResponse } from '../define-response.ts'

export const joinTokenResponse = defineResponse({
  name: 'JoinTokenResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    description: { type: 'string', description: 'What it is for.' },
    token: { type: 'string', sensitive: true, description: 'The token; shown once.' },
    clusterid: { type: 'string', description: 'Id of the cluster.' },
    clustername: { type: 'string', description: 'Name of the cluster.' },
    podid: { type: 'string', description: 'Id of the pod.' },
    zoneid: { type: 'string', description: 'Id of the zone.' },
    url: { type: 'string', description: 'Where the host joins.' },
    created: { type: 'date', description: 'When it was created.' },
    expires: { type: 'date', description: 'Until when it can be used.' },
    hostid: { type: 'string', description: 'Id of the host that has used it, or that it was made for.' },
    hostname: { type: 'string', description: 'Name of that host.' },
    used: { type: 'date', description: 'When it was used.' },
  },
})
