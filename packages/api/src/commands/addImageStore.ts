import { defineCommand } from '../define-command.ts'
import { imageStoreResponse } from '../responses/image-store.ts'

export const addImageStore = defineCommand({
  name: 'addImageStore',
  kind: 'sync',
  roles: ['Admin'],
  event: 'IMAGE.STORE.ACCESS.UPDATED',
  since: '4.2.0',
  description:
    'Adds an image store: new templates, ISOs, snapshots and uploaded volumes of its zone are kept there. It is tried before it counts.',
  params: {
    name: { type: 'string', description: 'Name; its url unless given.' },
    url: { type: 'string', maxLength: 2048, description: 'nfs://server/path of an NFS export; not used for S3.' },
    zoneid: {
      type: 'uuid',
      entity: 'Zone',
      access: 'use',
      description: 'Zone that it serves; every zone unless given.',
    },
    provider: { type: 'string', required: true, description: 'NFS or S3.' },
    details: {
      type: 'map',
      description:
        'For S3 accesskey, secretkey, endpoint, bucket and usehttps, as details[0].key and details[0].value; for NFS nfs.version.',
    },
  },
  response: imageStoreResponse,
  key: 'imagestore',
})
