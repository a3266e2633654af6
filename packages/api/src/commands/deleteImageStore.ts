import { defineCommand } from '../define-command.ts'

export const deleteImageStore = defineCommand({
  name: 'deleteImageStore',
  kind: 'sync',
  roles: ['Admin'],
  event: 'IMAGE.STORE.ACCESS.UPDATED',
  since: '4.2.0',
  description: 'Removes an image store that holds no image.',
  params: {
    id: { type: 'uuid', entity: 'ImageStore', access: 'operate', required: true, description: 'The image store.' },
  },
  response: 'success',
})
