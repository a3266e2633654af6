import { defineCommand } from '../define-command.ts'
import { storagePoolResponse } from '../responses/storage-pool.ts'

export const createStoragePool = defineCommand({
  name: 'createStoragePool',
  kind: 'sync',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'createStoragePool.',
  params: {
    clusterid: { type: 'uuid', entity: 'Cluster', access: 'use', description: 'The cluster.' },
    details: { type: 'map', description: 'Which groups of fields to fill; all by default.' },
    name: { type: 'string', required: true, description: 'Name.' },
    podid: { type: 'uuid', entity: 'Pod', access: 'use', description: 'The pod.' },
    tags: {
      type: 'string',
      description: 'Only objects with these tags, as tags[0].key and tags[0].value; none carries a tag yet.',
    },
    storageaccessgroups: { type: 'string', since: '4.21.0', description: 'The storageaccessgroups.' },
    url: { type: 'string', required: true, description: 'Address.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'use', required: true, description: 'The zone.' },
    provider: { type: 'string', description: 'The provider.' },
    scope: { type: 'string', description: 'CLUSTER, HOST or ZONE.' },
    managed: { type: 'boolean', description: 'The managed.' },
    capacityiops: { type: 'long', description: 'The capacityiops.' },
    capacitybytes: { type: 'long', description: 'The capacitybytes.' },
    hypervisor: { type: 'string', description: 'Hypervisor type.' },
    istagarule: { type: 'boolean', description: 'The istagarule.' },
  },
  response: storagePoolResponse,
  key: 'storagepool',
})
