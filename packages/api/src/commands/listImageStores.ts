import { defineCommand } from '../define-command.ts'
import { imageStoreResponse } from '../responses/image-store.ts'

export const listImageStores = defineCommand({
  name: 'listImageStores',
  kind: 'list',
  roles: ['Admin'],
  since: '4.2.0',
  description:
    "Lists image stores. The management server's own, which is used where no other takes an image, is among them.",
  params: {
    name: { type: 'string', description: 'Only the one of this name.' },
    protocol: { type: 'string', description: 'Only those of this protocol.' },
    provider: { type: 'string', description: 'Only those of this provider.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those that serve this zone.' },
    id: { type: 'uuid', entity: 'ImageStore', access: 'list', description: 'Only the object of this id.' },
    readonly: { type: 'boolean', since: '4.15.0', description: 'Only those that are, or are not, read-only.' },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: imageStoreResponse,
  key: 'imagestore',
})
