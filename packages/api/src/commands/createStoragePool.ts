import { defineCommand } from '../define-command.ts'
import { storagePoolResponse } from '../responses/storage-pool.ts'

export const createStoragePool = defineCommand({
  name: 'createStoragePool',
  kind: 'sync',
  roles: ['Admin'],
  event: 'CREATE.PS',
  since: '2.1.0',
  description: 'Adds primary storage and attaches it on the hosts of its zone or cluster, or on one host.',
  params: {
    clusterid: { type: 'uuid', entity: 'Cluster', access: 'operate', description: 'Cluster whose hosts use it.' },
    details: {
      type: 'map',
      sensitive: true,
      description:
        'Key and value pairs to keep with the pool. nfsmountopts: mount options of an NFS pool. chap.user, chap.password, chap.mutual.user, chap.mutual.password: for an iSCSI pool; passwords are sealed and not answered.',
    },
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
        'nfs://SERVER/EXPORT; iscsi://PORTAL[,PORTAL]/TARGET/LUN; clvm://localhost/VOLUMEGROUP; fiberchannel://localhost/WWID; SharedMountPoint://localhost/PATH for a path that every host already has mounted; file:///PATH or filesystem://HOST/PATH for local storage of one host.',
    },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'operate', required: true, description: 'Zone it belongs to.' },
    provider: {
      type: 'string',
      unsupported: { reason: 'The default driver is the only one.', accepts: ['DefaultPrimary'] },
      description: 'Storage driver.',
    },
    scope: {
      type: 'string',
      values: ['CLUSTER', 'HOST', 'ZONE'],
      description:
        'CLUSTER unless given, HOST for local storage; ZONE for NFS and shared mount points that all hosts of the zone use, with hypervisor.',
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
