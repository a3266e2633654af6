import { defineCommand } from '../define-command.ts'
import { physicalNetworkResponse } from '../responses/physical-network.ts'

export const createPhysicalNetwork = defineCommand({
  name: 'createPhysicalNetwork',
  kind: 'create',
  roles: ['Admin'],
  since: '3.0.0',
  description: 'createPhysicalNetwork.',
  params: {
    zoneid: { type: 'uuid', entity: 'Zone', access: 'use', required: true, description: 'The zone.' },
    vlan: { type: 'string', description: 'VLAN number or untagged.' },
    networkspeed: { type: 'string', description: 'Speed of the physical network, e.g. 10G.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'use',
      description: 'Domain of the account, or the domain to look in.',
    },
    broadcastdomainrange: { type: 'string', description: 'The broadcastdomainrange.' },
    tags: {
      type: 'list',
      items: 'string',
      description: 'Only objects with these tags, as tags[0].key and tags[0].value; none carries a tag yet.',
    },
    isolationmethods: { type: 'list', items: 'string', description: 'The isolationmethods.' },
    name: { type: 'string', required: true, description: 'Name.' },
  },
  response: physicalNetworkResponse,
  key: 'physicalnetwork',
})
