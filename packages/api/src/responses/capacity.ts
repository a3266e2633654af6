import { defineResponse } from '../define-response.ts'

export const capacityResponse = defineResponse({
  name: 'CapacityResponse',
  fields: {
    type: { type: 'integer', description: 'The type.' },
    name: { type: 'string', description: 'The name.' },
    zoneid: { type: 'string', description: 'The zoneid.' },
    zonename: { type: 'string', description: 'The zonename.' },
    podid: { type: 'string', description: 'The podid.' },
    podname: { type: 'string', description: 'The podname.' },
    clusterid: { type: 'string', description: 'The clusterid.' },
    clustername: { type: 'string', description: 'The clustername.' },
    capacityallocated: { type: 'long', description: 'The capacityallocated.' },
    capacityused: { type: 'long', description: 'The capacityused.' },
    capacitytotal: { type: 'long', description: 'The capacitytotal.' },
    percentused: { type: 'string', description: 'The percentused.' },
    tag: { type: 'string', since: '4.20.0', description: 'The tag.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
