import { defineResponse } from '../define-response.ts'
import { capacityResponse } from './capacity.ts'

export const clusterResponse = defineResponse({
  name: 'ClusterResponse',
  fields: {
    id: { type: 'string', description: 'The id.' },
    name: { type: 'string', description: 'The name.' },
    podid: { type: 'string', description: 'The podid.' },
    podname: { type: 'string', description: 'The podname.' },
    zoneid: { type: 'string', description: 'The zoneid.' },
    zonename: { type: 'string', description: 'The zonename.' },
    hypervisortype: { type: 'string', description: 'The hypervisortype.' },
    clustertype: { type: 'string', description: 'The clustertype.' },
    allocationstate: { type: 'string', description: 'The allocationstate.' },
    managedstate: { type: 'string', description: 'The managedstate.' },
    capacity: { type: 'list', of: capacityResponse, description: 'The capacity.' },
    cpuovercommitratio: { type: 'string', description: 'The cpuovercommitratio.' },
    memoryovercommitratio: { type: 'string', description: 'The memoryovercommitratio.' },
    ovm3vip: { type: 'string', description: 'The ovm3vip.' },
    resourcedetails: { type: 'map', description: 'The resourcedetails.' },
    arch: { type: 'string', since: '4.20', description: 'The arch.' },
    storageaccessgroups: { type: 'string', since: '4.21.0', description: 'The storageaccessgroups.' },
    podstorageaccessgroups: { type: 'string', since: '4.21.0', description: 'The podstorageaccessgroups.' },
    zonestorageaccessgroups: { type: 'string', since: '4.21.0', description: 'The zonestorageaccessgroups.' },
    extensionid: { type: 'string', since: '4.21.0', description: 'The extensionid.' },
    extensionname: { type: 'string', since: '4.21.0', description: 'The extensionname.' },
    hasannotations: { type: 'boolean', description: 'The hasannotations.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
