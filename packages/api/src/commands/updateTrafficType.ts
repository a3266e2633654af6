import { defineCommand } from '../define-command.ts'
import { trafficTypeResponse } from '../responses/traffic-type.ts'

export const updateTrafficType = defineCommand({
  name: 'updateTrafficType',
  kind: 'async',
  roles: ['Admin'],
  event: 'TRAFFIC.TYPE.UPDATE',
  since: '3.0.0',
  description:
    'Changes the network labels of a traffic type. Running guests keep their bridge until they start again or move.',
  params: {
    id: { type: 'uuid', entity: 'TrafficType', access: 'operate', required: true, description: 'Traffic type.' },
    xennetworklabel: { type: 'string', description: 'Network label on XenServer hosts.' },
    kvmnetworklabel: { type: 'string', description: 'Bridge on KVM hosts; an empty value goes back to the default.' },
    vmwarenetworklabel: { type: 'string', description: 'Network label on VMware hosts.' },
    hypervnetworklabel: { type: 'string', description: 'Network label on Hyper-V hosts.' },
    ovm3networklabel: { type: 'string', description: 'Network label on Oracle VM hosts.' },
  },
  response: trafficTypeResponse,
  key: 'traffictype',
})
