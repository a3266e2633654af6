import { defineResponse } from '../define-response.ts'

export const trafficTypeResponse = defineResponse({
  name: 'TrafficTypeResponse',
  fields: {
    id: { type: 'string', description: 'The id.' },
    traffictype: { type: 'string', description: 'The traffictype.' },
    physicalnetworkid: { type: 'string', description: 'The physicalnetworkid.' },
    xennetworklabel: { type: 'string', description: 'The xennetworklabel.' },
    kvmnetworklabel: { type: 'string', description: 'The kvmnetworklabel.' },
    vmwarenetworklabel: { type: 'string', description: 'The vmwarenetworklabel.' },
    hypervnetworklabel: { type: 'string', description: 'The hypervnetworklabel.' },
    vlan: { type: 'string', description: 'The vlan.' },
    isolationmethods: { type: 'string', description: 'The isolationmethods.' },
    ovm3networklabel: { type: 'string', description: 'The ovm3networklabel.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
