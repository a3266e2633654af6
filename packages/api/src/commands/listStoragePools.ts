import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { storagePoolResponse } from '../responses/storage-pool.ts'

export const listStoragePools = defineCommand({
  name: 'listStoragePools',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin'],
  since: '2.1.0',
  description: 'Lists primary storage.',
  params: {
    clusterid: { type: 'uuid', entity: 'Cluster', access: 'list', description: 'Only those in this cluster.' },
    ipaddress: { type: 'string', description: 'Only pools at this address.' },
    name: { type: 'string', description: 'Only those of this name.' },
    path: { type: 'string', description: 'Only pools at this path.' },
    podid: { type: 'uuid', entity: 'Pod', access: 'list', description: 'Only those in this pod.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those in this zone.' },
    id: { type: 'uuid', entity: 'StoragePool', access: 'list', description: 'Only the object of this id.' },
    scope: { type: 'string', values: ['CLUSTER', 'HOST', 'ZONE'], description: 'Only pools of this scope.' },
    status: { type: 'string', description: 'Only pools in this status, e.g. Up, Maintenance.' },
    hostid: { type: 'uuid', entity: 'Host', access: 'list', description: 'Only pools that this host uses.' },
    storagecustomstats: {
      type: 'boolean',
      since: '4.18.1',
      unsupported: { reason: 'The drivers of this version have no statistics of their own.', accepts: ['false'] },
      description: "Add the driver's own statistics.",
    },
    storageaccessgroup: {
      type: 'string',
      since: '4.21.0',
      unsupported: { reason: 'Storage access groups come with storage in production form.' },
      description: 'Only those of this storage access group.',
    },
    ...namePaging,
  },
  response: storagePoolResponse,
  key: 'storagepool',
})
