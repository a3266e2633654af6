import { defineResponse } from '../define-response.ts'

export const layer2LinkResponse = defineResponse({
  name: 'Layer2LinkResponse',
  fields: {
    podid: { type: 'string', description: 'Id of the pod.' },
    clusterid: { type: 'string', description: 'Id of the one cluster.' },
    clustername: { type: 'string', description: 'Name of the one cluster.' },
    otherclusterid: { type: 'string', description: 'Id of the other cluster; the same for two hosts of one.' },
    otherclustername: { type: 'string', description: 'Name of the other cluster.' },
    bridge: { type: 'string', description: 'Bridge of guests that was looked at.' },
    shared: { type: 'boolean', description: 'Whether frames go from the one to the other.' },
    seen: { type: 'string', description: 'Which host asked which, and what it saw.' },
    checked: { type: 'date', description: 'When it was looked at.' },
  },
})
