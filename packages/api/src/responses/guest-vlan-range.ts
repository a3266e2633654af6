import { defineResponse } from '../define-response.ts'

export const guestVlanRangeResponse = defineResponse({
  name: 'GuestVlanRangeResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    account: { type: 'string', description: 'Account that has it.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domain: { type: 'string', description: 'Name of the domain.' },
    domainpath: { type: 'string', description: 'Path of the domain, e.g. ROOT/a.' },
    guestvlanrange: { type: 'string', description: 'The range, e.g. 100-110.' },
    physicalnetworkid: { type: 'string', description: 'Id of the physical network.' },
    zoneid: { type: 'string', description: 'Id of the zone.' },
  },
})
