import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { clusterResponse } from '../responses/cluster.ts'

export const listClusters = defineCommand({
  name: 'listClusters',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin'],
  since: '2.1.0',
  description: 'Lists clusters.',
  params: {
    id: { type: 'uuid', entity: 'Cluster', access: 'list', description: 'Only the object of this id.' },
    name: { type: 'string', description: 'Only those of this name.' },
    podid: { type: 'uuid', entity: 'Pod', access: 'list', description: 'Only those in this pod.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those in this zone.' },
    hypervisor: { type: 'string', description: 'Only clusters of this hypervisor type.' },
    clustertype: { type: 'string', description: 'Only clusters of this type.' },
    allocationstate: { type: 'string', values: ['Enabled', 'Disabled'], description: 'Only clusters in this state.' },
    managedstate: { type: 'string', description: 'Only clusters in this managed state.' },
    showcapacities: { type: 'boolean', description: 'Add the capacity figures of each.' },
    arch: {
      type: 'string',
      values: ['x86_64', 'aarch64'],
      since: '4.20.1',
      description: 'Only clusters of this architecture.',
    },
    storageaccessgroup: {
      type: 'string',
      since: '4.21.0',
      unsupported: { reason: 'Storage access groups come with storage in production form.' },
      description: 'Only those of this storage access group.',
    },
    ...namePaging,
  },
  response: clusterResponse,
  key: 'cluster',
})
