import { defineCommand } from '../define-command.ts'
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
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: physicalNetworkResponse,
  key: 'physicalnetwork',
})
