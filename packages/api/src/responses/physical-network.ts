import { defineResponse } from '../define-response.ts'

export const physicalNetworkResponse = defineResponse({
  name: 'PhysicalNetworkResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    name: { type: 'string', description: 'Name.' },
    broadcastdomainrange: { type: 'string', description: 'How far a broadcast reaches.' },
    zoneid: { type: 'string', description: 'Id of the zone.' },
    zonename: { type: 'string', description: 'Name of the zone.' },
    state: { type: 'string', description: 'State.' },
    vlan: { type: 'string', description: 'VLAN, or untagged.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    tags: { type: 'string', description: 'Tags, separated by commas.' },
    isolationmethods: { type: 'string', description: 'How guest networks are kept apart.' },
    networkspeed: { type: 'string', description: 'Speed, e.g. 10G.' },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
  },
})
