import { defineCommand } from '../define-command.ts'
import { storagePoolResponse } from '../responses/storage-pool.ts'

export const createStoragePool = defineCommand({
  name: 'createStoragePool',
  kind: 'sync',
  roles: ['Admin'],
  event: 'CREATE.PS',
  since: '2.1.0',
  description: 'Adds primary storage and mounts it on the hosts of its cluster, or on one host.',
  params: {
    clusterid: { type: 'uuid', entity: 'Cluster', access: 'operate', description: 'Cluster whose hosts use it.' },
    details: { type: 'map', description: 'Free key and value pairs to keep with the pool.' },
    name: { type: 'string', required: true, description: 'Name.' },
    podid: { type: 'uuid', entity: 'Pod', access: 'operate', description: 'Pod of the cluster.' },
    tags: {
      type: 'string',
      description: 'Storage tags, separated by commas; an offering that asks for tags uses only pools that carry them.',
    },
    storageaccessgroups: {
      type: 'string',
      since: '4.21.0',
      unsupported: { reason: 'Storage access groups come with storage in production form.' },
      description: 'Storage access groups.',
    },
    url: {
      type: 'string',
      required: true,
      description:
        'SharedMountPoint://localhost/PATH for a path that every host of the cluster already has mounted; file:///PATH or filesystem://HOST/PATH for local storage of one host.',
    },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'operate', required: true, description: 'Zone it belongs to.' },
    provider: {
      type: 'string',
      unsupported: { reason: 'The default driver is the only one.', accepts: ['DefaultPrimary'] },
      description: 'Storage driver.',
    },
    scope: {
      type: 'string',
      values: ['CLUSTER', 'HOST'],
      description:
        'CLUSTER unless given, HOST for local storage. Zone-wide storage comes with storage in production form.',
    },
    managed: {
      type: 'boolean',
      unsupported: { reason: 'Managed storage comes with storage in production form.', accepts: ['false'] },
      description: 'Whether each volume is a LUN of its own.',
    },
    capacityiops: {
      type: 'long',
      unsupported: { reason: 'Managed storage comes with storage in production form.' },
      description: 'Operations a second that a managed pool may use.',
    },
    capacitybytes: {
      type: 'long',
      unsupported: {
        reason: 'Managed storage comes with storage in production form; the capacity of others is measured.',
      },
      description: 'Bytes that a managed pool may use.',
    },
    hypervisor: { type: 'string', values: ['KVM', 'Simulator', 'Any'], description: 'Hypervisor type of the hosts.' },
    istagarule: {
      type: 'boolean',
      unsupported: {
        reason: 'Tags are compared as text; rules written in JavaScript are not evaluated.',
        accepts: ['false'],
      },
      description: 'Whether the tags are a rule in JavaScript.',
    },
  },
  response: storagePoolResponse,
  key: 'storagepool',
})
