import { defineResponse } from '../define-response.ts'
import { capacityResponse } from './capacity.ts'
import { ipRangeResponse } from './ip-range.ts'

export const podResponse = defineResponse({
  name: 'PodResponse',
  fields: {
    id: { type: 'string', description: 'The id.' },
    name: { type: 'string', description: 'The name.' },
    zoneid: { type: 'string', description: 'The zoneid.' },
    zonename: { type: 'string', description: 'The zonename.' },
    gateway: { type: 'string', description: 'The gateway.' },
    netmask: { type: 'string', description: 'The netmask.' },
    ipranges: { type: 'list', of: ipRangeResponse, since: '4.16.0', description: 'The ipranges.' },
    startip: { type: 'list', description: 'The startip.' },
    endip: { type: 'list', description: 'The endip.' },
    forsystemvms: { type: 'list', description: 'The forsystemvms.' },
    vlanid: { type: 'list', description: 'The vlanid.' },
    allocationstate: { type: 'string', description: 'The allocationstate.' },
    capacity: { type: 'list', of: capacityResponse, description: 'The capacity.' },
    storageaccessgroups: { type: 'string', since: '4.21.0', description: 'The storageaccessgroups.' },
    zonestorageaccessgroups: { type: 'string', since: '4.21.0', description: 'The zonestorageaccessgroups.' },
    hasannotations: { type: 'boolean', description: 'The hasannotations.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
