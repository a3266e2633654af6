import { defineResponse } from '../define-response.ts'

export const capacityResponse = defineResponse({
  name: 'CapacityResponse',
  fields: {
    type: { type: 'integer', description: "Number of the capacity's type." },
    name: { type: 'string', description: 'Name.' },
    zoneid: { type: 'string', description: 'Id of the zone.' },
    zonename: { type: 'string', description: 'Name of the zone.' },
    podid: { type: 'string', description: 'Id of the pod.' },
    podname: { type: 'string', description: 'Name of the pod.' },
    clusterid: { type: 'string', description: 'Id of the cluster.' },
    clustername: { type: 'string', description: 'Name of the cluster.' },
    capacityallocated: { type: 'long', description: 'What is allocated to objects, running or not.' },
    capacityused: { type: 'long', description: 'What is in use.' },
    capacitytotal: { type: 'long', description: 'What there is, over-commit included.' },
    percentused: { type: 'string', description: 'Share in use, e.g. 12.34.' },
    tag: { type: 'string', since: '4.20.0', description: 'Storage or host tag.' },
  },
})
