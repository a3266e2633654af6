import { defineResponse } from '../define-response.ts'
import { capacityResponse } from './capacity.ts'

export const clusterResponse = defineResponse({
  name: 'ClusterResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    name: { type: 'string', description: 'Name.' },
    podid: { type: 'string', description: 'Id of the pod.' },
    podname: { type: 'string', description: 'Name of the pod.' },
    zoneid: { type: 'string', description: 'Id of the zone.' },
    zonename: { type: 'string', description: 'Name of the zone.' },
    hypervisortype: { type: 'string', description: 'Hypervisor type.' },
    clustertype: { type: 'string', description: 'CloudManaged or ExternalManaged.' },
    allocationstate: { type: 'string', description: 'Enabled or Disabled.' },
    managedstate: { type: 'string', description: 'Managed or Unmanaged.' },
    capacity: { type: 'list', of: capacityResponse, description: 'Capacity figures; with showcapacities.' },
    cpuovercommitratio: { type: 'string', description: 'Factor by which CPU may be over-committed.' },
    memoryovercommitratio: { type: 'string', description: 'Factor by which memory may be over-committed.' },
    resourcedetails: { type: 'map', description: 'Free key and value pairs.' },
    arch: { type: 'string', since: '4.20', description: 'CPU architecture.' },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
    storageaccessgroups: {
      type: 'string',
      since: '4.21.0',
      description: 'Storage access groups, separated by commas.',
    },
  },
})
