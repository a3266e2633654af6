import { defineCommand } from '../define-command.ts'
import { storagePoolResponse } from '../responses/storage-pool.ts'

export const listStoragePools = defineCommand({
  name: 'listStoragePools',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin'],
  since: '2.1.0',
  description: 'listStoragePools.',
  params: {
    clusterid: { type: 'uuid', entity: 'Cluster', access: 'list', description: 'The cluster.' },
    ipaddress: { type: 'string', description: 'IPv4 address.' },
    name: { type: 'string', description: 'Name.' },
    path: { type: 'string', description: 'The path.' },
    podid: { type: 'uuid', entity: 'Pod', access: 'list', description: 'The pod.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'The zone.' },
    id: { type: 'uuid', entity: 'StoragePool', access: 'list', description: 'Identifier of the object.' },
    scope: { type: 'string', description: 'CLUSTER, HOST or ZONE.' },
    status: { type: 'string', description: 'The status.' },
    hostid: { type: 'uuid', entity: 'Host', access: 'list', description: 'The host.' },
    storagecustomstats: { type: 'boolean', since: '4.18.1', description: 'The storagecustomstats.' },
    storageaccessgroup: { type: 'string', since: '4.21.0', description: 'The storageaccessgroup.' },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: storagePoolResponse,
  key: 'storagepool',
})
