import { defineResponse } from '../define-response.ts'
import { networkResponse } from './network.ts'

export const guestVlanResponse = defineResponse({
  name: 'GuestVlanResponse',
  fields: {
    id: { type: 'long', description: 'Number of the claim; absent for a free id.' },
    vlan: { type: 'string', description: 'VLAN or VXLAN id.' },
    account: { type: 'string', description: 'Account that has it.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domain: { type: 'string', description: 'Name of the domain.' },
    domainpath: { type: 'string', description: 'Path of the domain, e.g. ROOT/a.' },
    zoneid: { type: 'string', description: 'Id of the zone.' },
    zonename: { type: 'string', description: 'Name of the zone.' },
    physicalnetworkid: { type: 'string', description: 'Id of the physical network.' },
    physicalnetworkname: { type: 'string', description: 'Name of the physical network.' },
    isdedicated: { type: 'boolean', description: 'Whether it is of a range that one account alone has.' },
    allocationstate: { type: 'string', description: 'Allocated or Free.' },
    taken: { type: 'date', description: 'When it was taken.' },
    network: { type: 'list', of: networkResponse, description: 'Networks that have it.' },
  },
})
