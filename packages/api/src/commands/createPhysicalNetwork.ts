import { defineCommand } from '../define-command.ts'
import { physicalNetworkResponse } from '../responses/physical-network.ts'

export const createPhysicalNetwork = defineCommand({
  name: 'createPhysicalNetwork',
  kind: 'create',
  roles: ['Admin'],
  event: 'PHYSICAL.NETWORK.CREATE',
  since: '3.0.0',
  description: 'Creates a physical network of a zone, in state Disabled.',
  params: {
    zoneid: { type: 'uuid', entity: 'Zone', access: 'operate', required: true, description: 'Zone it belongs to.' },
    vlan: { type: 'string', description: 'VLAN or VXLAN ids that are given out to networks, e.g. 100-200,300.' },
    networkspeed: { type: 'string', description: 'Speed, e.g. 10G; kept and answered.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'use',
      unsupported: {
        reason: 'Zones, networks and address ranges dedicated to one domain or account are not part of this version.',
      },
      description: 'Domain that alone may use it.',
    },
    broadcastdomainrange: {
      type: 'string',
      values: ['ZONE', 'POD'],
      description: 'How far a broadcast reaches: ZONE or POD; kept and answered.',
    },
    tags: { type: 'list', items: 'string', description: 'Tags that network offerings name, separated by commas.' },
    isolationmethods: {
      type: 'list',
      items: 'string',
      description: 'How guest networks are kept apart: VLAN, which is the default, or VXLAN.',
    },
    name: { type: 'string', required: true, description: 'Name.' },
  },
  response: physicalNetworkResponse,
  key: 'physicalnetwork',
})
