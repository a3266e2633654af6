import { defineCommand } from '../define-command.ts'
import { volumeResponse } from '../responses/volume.ts'

export const migrateVolume = defineCommand({
  name: 'migrateVolume',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VOLUME.MIGRATE',
  since: '3.0.0',
  description:
    'Moves a volume to another storage pool: a detached one or that of a stopped virtual machine by copy, that of a running guest live.',
  params: {
    volumeid: { type: 'uuid', entity: 'Volume', access: 'operate', required: true, description: 'The volume.' },
    storageid: {
      type: 'uuid',
      entity: 'StoragePool',
      access: 'use',
      required: true,
      description: 'Storage pool to move it to.',
    },
    livemigrate: { type: 'boolean', description: 'Whether it may move under a running guest; true unless given.' },
    newdiskofferingid: {
      type: 'uuid',
      entity: 'DiskOffering',
      access: 'use',
      description: 'Disk offering that it gets.',
    },
  },
  response: volumeResponse,
  key: 'volume',
})
