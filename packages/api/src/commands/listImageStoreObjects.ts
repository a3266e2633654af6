import { defineCommand } from '../define-command.ts'
import { imageStoreObjectResponse } from '../responses/image-store-object.ts'

export const listImageStoreObjects = defineCommand({
  name: 'listImageStoreObjects',
  kind: 'list',
  roles: ['Admin'],
  since: '4.19.0',
  description:
    'Lists what lies on an image store, as the store says it, with the templates, snapshots and volumes that own it.',
  params: {
    id: { type: 'uuid', entity: 'ImageStore', access: 'list', required: true, description: 'The image store.' },
    path: {
      type: 'string',
      maxLength: 255,
      description: 'images, snapshots or volumes: what lies there; these folders unless given.',
    },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: imageStoreObjectResponse,
  key: 'datastoreobject',
})
