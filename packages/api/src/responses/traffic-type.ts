import { defineResponse } from '../define-response.ts'

export const trafficTypeResponse = defineResponse({
  name: 'TrafficTypeResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    traffictype: { type: 'string', description: 'Kind of traffic.' },
    physicalnetworkid: { type: 'string', description: 'Id of the physical network.' },
    xennetworklabel: { type: 'string', description: 'Network label on XenServer hosts.' },
    kvmnetworklabel: { type: 'string', description: 'Bridge on KVM hosts.' },
    vmwarenetworklabel: { type: 'string', description: 'Network label on VMware hosts.' },
    hypervnetworklabel: { type: 'string', description: 'Network label on Hyper-V hosts.' },
    vlan: { type: 'string', description: 'VLAN, or untagged.' },
    isolationmethods: { type: 'string', description: 'How guest networks are kept apart.' },
    ovm3networklabel: { type: 'string', description: 'Network label on Oracle VM hosts.' },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
  },
})
