import { defineCommand } from '../define-command.ts'
import { clusterResponse } from '../responses/cluster.ts'

export const listClusters = defineCommand({
  name: 'listClusters',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin'],
  since: '2.1.0',
  description: 'listClusters.',
  params: {
    id: { type: 'uuid', entity: 'Cluster', access: 'list', description: 'Identifier of the object.' },
    name: { type: 'string', description: 'Name.' },
    podid: { type: 'uuid', entity: 'Pod', access: 'list', description: 'The pod.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'The zone.' },
    hypervisor: { type: 'string', description: 'Hypervisor type.' },
    clustertype: { type: 'string', description: 'CloudManaged: hosts are added one by one.' },
    allocationstate: {
      type: 'string',
      description: 'Enabled or Disabled: whether new virtual machines may be placed here.',
    },
    managedstate: {
      type: 'string',
      description: "Managed or Unmanaged: whether the server controls the cluster's hosts.",
    },
    showcapacities: { type: 'boolean', description: 'Add the capacity figures of each.' },
    arch: { type: 'string', since: '4.20.1', description: 'CPU architecture.' },
    storageaccessgroup: { type: 'string', since: '4.21.0', description: 'The storageaccessgroup.' },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: clusterResponse,
  key: 'cluster',
})
