import { defineCommand } from '../define-command.ts'
import { capacityResponse } from '../responses/capacity.ts'

export const listCapacity = defineCommand({
  name: 'listCapacity',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin'],
  since: '2.1.0',
  description: 'listCapacity.',
  params: {
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'The zone.' },
    podid: { type: 'uuid', entity: 'Pod', access: 'list', description: 'The pod.' },
    clusterid: { type: 'uuid', entity: 'Cluster', access: 'list', since: '3.0.0', description: 'The cluster.' },
    fetchlatest: { type: 'boolean', since: '3.0.0', description: 'The fetchlatest.' },
    type: { type: 'integer', description: 'Type.' },
    sortby: { type: 'string', since: '3.0.0', description: 'The sortby.' },
    tag: { type: 'string', since: '4.20.0', description: 'Only those with this resource tag.' },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: capacityResponse,
  key: 'capacity',
})
