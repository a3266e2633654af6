import { defineCommand } from '../define-command.ts'
import { volumeResponse } from '../responses/volume.ts'

export const importVolume = defineCommand({
  name: 'importVolume',
  kind: 'async',
  roles: ['Admin'],
  event: 'VOLUME.IMPORT',
  since: '4.19.1',
  description:
    'Makes a file that lies on a storage pool a data volume. It is examined as any image from outside, and gets the name of its volume.',
  params: {
    path: {
      type: 'string',
      required: true,
      maxLength: 1024,
      description: 'Name of the file, or its path on the hosts; listVolumesForImport shows what there is.',
    },
    name: { type: 'string', maxLength: 255, description: 'Name of the volume; that of the file unless given.' },
    storageid: {
      type: 'uuid',
      entity: 'StoragePool',
      access: 'use',
      required: true,
      description: 'Storage pool that the file lies on.',
    },
    diskofferingid: {
      type: 'uuid',
      entity: 'DiskOffering',
      access: 'use',
      description: 'Disk offering of the same size and storage type, or a customized one.',
    },
    account: { type: 'string', description: 'Account that it becomes; together with domainid.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'use', description: 'Domain of the account.' },
    projectid: {
      type: 'uuid',
      unsupported: { reason: 'Projects are not part of this version.' },
      description: 'Project that it becomes.',
    },
  },
  response: volumeResponse,
  key: 'volume',
})
