import { defineCommand } from '../define-command.ts'
import { physicalNetworkResponse } from '../responses/physical-network.ts'

export const updatePhysicalNetwork = defineCommand({
  name: 'updatePhysicalNetwork',
  kind: 'async',
  roles: ['Admin'],
  since: '3.0.0',
  description: 'updatePhysicalNetwork.',
  params: {
    id: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'operate',
      required: true,
      description: 'Identifier of the object.',
    },
    networkspeed: { type: 'string', description: 'Speed of the physical network, e.g. 10G.' },
    tags: {
      type: 'list',
      items: 'string',
      description: 'Only objects with these tags, as tags[0].key and tags[0].value; none carries a tag yet.',
    },
    state: { type: 'string', description: 'Only those in this state.' },
    vlan: { type: 'string', description: 'VLAN number or untagged.' },
  },
  response: physicalNetworkResponse,
  key: 'physicalnetwork',
})
