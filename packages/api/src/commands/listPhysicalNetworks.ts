import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { physicalNetworkResponse } from '../responses/physical-network.ts'

export const listPhysicalNetworks = defineCommand({
  name: 'listPhysicalNetworks',
  kind: 'list',
  roles: ['Admin'],
  since: '3.0.0',
  description: 'Lists physical networks.',
  params: {
    id: { type: 'uuid', entity: 'PhysicalNetwork', access: 'list', description: 'Only the object of this id.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those in this zone.' },
    name: { type: 'string', description: 'Only those of this name.' },
    ...namePaging,
  },
  response: physicalNetworkResponse,
  key: 'physicalnetwork',
})
