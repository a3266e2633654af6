import { defineCommand } from '../define-command.ts'
import { imageStoreResponse } from '../responses/image-store.ts'

export const addSecondaryStorage = defineCommand({
  name: 'addSecondaryStorage',
  kind: 'sync',
  roles: ['Admin'],
  event: 'IMAGE.STORE.ACCESS.UPDATED',
  since: '2.1.0',
  description: 'Adds an NFS export as image store, as addImageStore does.',
  params: {
    url: { type: 'string', maxLength: 2048, required: true, description: 'nfs://server/path.' },
    zoneid: {
      type: 'uuid',
      entity: 'Zone',
      access: 'use',
      description: 'Zone that it serves; every zone unless given.',
    },
    details: { type: 'map', description: 'nfs.version, as details[0].key and details[0].value.' },
  },
  response: imageStoreResponse,
  key: 'secondarystorage',
})
