import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { capacityResponse } from '../responses/capacity.ts'

export const listCapacity = defineCommand({
  name: 'listCapacity',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin'],
  since: '2.1.0',
  description: 'Lists how much CPU, memory, storage and addresses are there and allocated, by zone, pod or cluster.',
  params: {
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those in this zone.' },
    podid: { type: 'uuid', entity: 'Pod', access: 'list', description: 'Only those in this pod.' },
    clusterid: {
      type: 'uuid',
      entity: 'Cluster',
      access: 'list',
      since: '3.0.0',
      description: 'Only those in this cluster.',
    },
    fetchlatest: { type: 'boolean', since: '3.0.0', description: 'Count anew instead of answering the last figures.' },
    type: {
      type: 'integer',
      description:
        'Only capacity of this type: 0 memory, 1 CPU, 2 storage used, 3 storage allocated, 8 guest addresses, 9 local storage, 90 CPU cores.',
    },
    sortby: { type: 'string', values: ['usage'], since: '3.0.0', description: 'usage: the fullest first.' },
    tag: {
      type: 'string',
      since: '4.20.0',
      unsupported: { reason: 'Capacity by tag comes with storage in production form.' },
      description: 'Storage or host tag.',
    },
    ...namePaging,
  },
  response: capacityResponse,
  key: 'capacity',
})
