import { defineCommand } from '../define-command.ts'
import { trafficTypeResponse } from '../responses/traffic-type.ts'

export const addTrafficType = defineCommand({
  name: 'addTrafficType',
  kind: 'create',
  roles: ['Admin'],
  since: '3.0.0',
  description: 'addTrafficType.',
  params: {
    physicalnetworkid: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'use',
      required: true,
      description: 'The physical network.',
    },
    traffictype: { type: 'string', required: true, description: 'Kind of traffic.' },
    xennetworklabel: { type: 'string', description: 'The xennetworklabel.' },
    kvmnetworklabel: { type: 'string', description: 'The kvmnetworklabel.' },
    vmwarenetworklabel: { type: 'string', description: 'The vmwarenetworklabel.' },
    hypervnetworklabel: { type: 'string', description: 'The hypervnetworklabel.' },
    ovm3networklabel: { type: 'string', description: 'The ovm3networklabel.' },
    vlan: { type: 'string', description: 'VLAN number or untagged.' },
    isolationmethod: { type: 'string', description: 'The isolationmethod.' },
  },
  response: trafficTypeResponse,
  key: 'traffictype',
})
