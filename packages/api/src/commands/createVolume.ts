import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'
import { volumeResponse } from '../responses/volume.ts'

export const createVolume = defineCommand({
  name: 'createVolume',
  kind: 'create',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VOLUME.CREATE',
  since: '2.1.0',
  description:
    'Creates a data disk. From an offering it takes its place on storage when it is attached to a virtual machine (or on storageid at once); from a snapshot it is made at once.',
  params: {
    account: { type: 'string', description: 'Account that owns it; given together with domainid.' },
    ...projectOfObject,
    domainid: { type: 'uuid', entity: 'Domain', access: 'use', description: 'Domain of the account.' },
    diskofferingid: {
      type: 'uuid',
      entity: 'DiskOffering',
      access: 'use',
      description: 'Disk offering; needed without snapshotid.',
    },
    name: { type: 'string', description: 'Name; one is made unless given.' },
    size: {
      type: 'long',
      min: 1,
      description:
        'Size in GiB: needed by an offering with free size; with snapshotid not below the size of the snapshot.',
    },
    miniops: {
      type: 'long',
      unsupported: {
        reason:
          'Guaranteed IOPS need storage that sells them; limits are iopsreadrate and iopswriterate of the offering.',
      },
      description: 'Least IOPS.',
    },
    maxiops: {
      type: 'long',
      unsupported: {
        reason:
          'Guaranteed IOPS need storage that sells them; limits are iopsreadrate and iopswriterate of the offering.',
      },
      description: 'Most IOPS.',
    },
    snapshotid: { type: 'uuid', entity: 'Snapshot', access: 'use', description: 'Snapshot that the disk begins as.' },
    zoneid: {
      type: 'uuid',
      entity: 'Zone',
      access: 'use',
      description: 'Zone; that of the snapshot, storage pool or virtual machine unless given.',
    },
    displayvolume: { type: 'boolean', roles: ['Admin'], description: 'Whether its owner sees it; root admins only.' },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      description: 'Virtual machine that it is attached to at once.',
    },
    kmskeyid: {
      type: 'uuid',
      since: '4.23.0',
      unsupported: { reason: 'Encrypted volumes are not part of this version.' },
      description: 'Encryption key.',
    },
    storageid: {
      type: 'uuid',
      entity: 'StoragePool',
      access: 'use',
      roles: ['Admin'],
      since: '4.22.1',
      description: 'Storage pool to make it on; root admins only.',
    },
    customid: {
      type: 'string',
      roles: ['Admin'],
      description: 'UUID to give to it instead of a random one; root admins only.',
    },
  },
  response: volumeResponse,
  key: 'volume',
})
