import { defineCommand } from '../define-command.ts'
import { listOwnership, projectOfList } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
import { volumeResponse } from '../responses/volume.ts'

export const listVolumes = defineCommand({
  name: 'listVolumes',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists volumes.',
  params: {
    hostid: {
      type: 'uuid',
      entity: 'Host',
      access: 'list',
      description: 'Only volumes of virtual machines on this host.',
    },
    id: { type: 'uuid', entity: 'Volume', access: 'list', description: 'Only the object of this id.' },
    ids: {
      type: 'list',
      items: 'uuid',
      entity: 'Volume',
      access: 'list',
      since: '4.9',
      description: 'Only the objects of these ids, separated by commas; not together with id.',
    },
    name: { type: 'string', description: 'Only those of this name.' },
    podid: { type: 'uuid', entity: 'Pod', access: 'list', description: 'Only volumes in this pod.' },
    clusterid: { type: 'uuid', entity: 'Cluster', access: 'list', description: 'Only volumes in this cluster.' },
    type: { type: 'string', values: ['ROOT', 'DATADISK'], description: 'ROOT or DATADISK.' },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'list',
      description: 'Only those of this virtual machine.',
    },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those in this zone.' },
    storageid: {
      type: 'uuid',
      entity: 'StoragePool',
      access: 'list',
      roles: ['Admin'],
      since: '4.3',
      description: 'Only volumes on this storage pool; root admins only.',
    },
    serviceofferingid: {
      type: 'uuid',
      entity: 'ServiceOffering',
      access: 'list',
      since: '4.19.1',
      description: 'Only those of this service offering.',
    },
    diskofferingid: {
      type: 'uuid',
      entity: 'DiskOffering',
      access: 'list',
      since: '4.4',
      description: 'Only those of this disk offering.',
    },
    kmskeyid: {
      type: 'uuid',
      since: '4.23',
      unsupported: { reason: 'Encrypted volumes are not part of this version.' },
      description: 'Encryption key.',
    },
    displayvolume: {
      type: 'boolean',
      since: '4.4',
      description: 'Only those that owners see, or do not; root admins only.',
    },
    listsystemvms: {
      type: 'boolean',
      since: '4.18',
      description: 'Volumes of system virtual machines too, of which there are none.',
    },
    state: { type: 'string', description: 'Only volumes in this state, e.g. Ready.' },
    isencrypted: {
      type: 'boolean',
      since: '4.19.1',
      unsupported: { reason: 'Encrypted volumes are not part of this version.', accepts: ['false'] },
      description: 'Only encrypted ones.',
    },
    retrieveonlyresourcecount: { type: 'boolean', description: 'Answer only the number of objects.' },
    tags: {
      type: 'map',
      fields: { key: true, value: true },
      description: 'Only objects with one of these tags, as tags[0].key and tags[0].value.',
    },
    ...projectOfList,
    ...listOwnership,
    ...namePaging,
  },
  response: volumeResponse,
  key: 'volume',
})
