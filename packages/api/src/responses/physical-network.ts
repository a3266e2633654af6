import { defineResponse } from '../define-response.ts'

export const physicalNetworkResponse = defineResponse({
  name: 'PhysicalNetworkResponse',
  fields: {
    id: { type: 'string', description: 'The id.' },
    name: { type: 'string', description: 'The name.' },
    broadcastdomainrange: { type: 'string', description: 'The broadcastdomainrange.' },
    zoneid: { type: 'string', description: 'The zoneid.' },
    zonename: { type: 'string', description: 'The zonename.' },
    state: { type: 'string', description: 'The state.' },
    vlan: { type: 'string', description: 'The vlan.' },
    domainid: { type: 'string', description: 'The domainid.' },
    tags: { type: 'string', description: 'The tags.' },
    isolationmethods: { type: 'string', description: 'The isolationmethods.' },
    networkspeed: { type: 'string', description: 'The networkspeed.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
