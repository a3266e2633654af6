import { defineResponse } from '../define-response.ts'
import { capacityResponse } from './capacity.ts'
import { ipRangeResponse } from './ip-range.ts'

export const podResponse = defineResponse({
  name: 'PodResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    name: { type: 'string', description: 'Name.' },
    zoneid: { type: 'string', description: 'Id of the zone.' },
    zonename: { type: 'string', description: 'Name of the zone.' },
    gateway: { type: 'string', description: 'Gateway.' },
    netmask: { type: 'string', description: 'Netmask.' },
    ipranges: { type: 'list', of: ipRangeResponse, since: '4.16.0', description: 'Reserved address ranges.' },
    startip: { type: 'list', description: 'First address.' },
    endip: { type: 'list', description: 'Last address.' },
    forsystemvms: { type: 'list', description: 'Whether it is for system virtual machines.' },
    vlanid: { type: 'list', description: 'VLAN.' },
    allocationstate: { type: 'string', description: 'Enabled or Disabled.' },
    capacity: { type: 'list', of: capacityResponse, description: 'Capacity figures; with showcapacities.' },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
    storageaccessgroups: {
      type: 'string',
      since: '4.21.0',
      description: 'Storage access groups, separated by commas.',
    },
  },
})
