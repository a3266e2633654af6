import { defineCommand } from '../define-command.ts'
import { imageStoreResponse } from '../responses/image-store.ts'

export const updateImageStore = defineCommand({
  name: 'updateImageStore',
  kind: 'sync',
  roles: ['Admin'],
  event: 'IMAGE.STORE.ACCESS.UPDATED',
  since: '4.15.0',
  description: 'Changes an image store. A read-only one keeps what it has and takes nothing new.',
  params: {
    id: { type: 'uuid', entity: 'ImageStore', access: 'operate', required: true, description: 'The image store.' },
    name: { type: 'string', description: 'New name.' },
    readonly: { type: 'boolean', description: 'Whether it takes nothing new.' },
    capacitybytes: { type: 'long', min: 1, description: 'Most bytes it may hold.' },
  },
  response: imageStoreResponse,
  key: 'imagestore',
  wrapper: 'updateImageStore',
})
