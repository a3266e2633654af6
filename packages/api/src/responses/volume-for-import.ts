import { defineResponse } from '../define-response.ts'

export const volumeForImportResponse = defineResponse({
  name: 'VolumeForImportResponse',
  fields: {
    name: { type: 'string', description: 'Name of the file.' },
    path: { type: 'string', description: 'The same: what importVolume takes.' },
    fullpath: { type: 'string', description: 'Where it is on the hosts.' },
    format: { type: 'string', description: 'qcow2 or raw.' },
    size: { type: 'long', description: 'Bytes of the file.' },
    virtualsize: { type: 'long', description: 'Bytes that a guest would see.' },
    storageid: { type: 'string', description: 'Id of the storage pool.' },
    storage: { type: 'string', description: 'Name of the storage pool.' },
    storagetype: { type: 'string', description: 'Type of the storage pool.' },
    importrefusal: {
      type: 'string',
      extension: true,
      description: 'Why it cannot be imported as it is; absent where it can.',
    },
  },
})
