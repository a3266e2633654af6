import { defineResponse } from '../define-response.ts'

export const imageStoreObjectResponse = defineResponse({
  name: 'DataStoreObjectResponse',
  fields: {
    name: { type: 'string', description: 'Name of the object below the path.' },
    isdirectory: { type: 'boolean', description: 'Whether there are objects below it.' },
    size: { type: 'long', description: 'Bytes.' },
    templateid: { type: 'string', description: 'Id of the template or ISO that it is the image of.' },
    templatename: { type: 'string', description: 'Name of that template or ISO.' },
    format: { type: 'string', description: 'Format of the image.' },
    snapshotid: { type: 'string', description: 'Id of the snapshot that it is the image of.' },
    snapshotname: { type: 'string', description: 'Name of that snapshot.' },
    volumeid: { type: 'string', description: 'Id of the uploaded volume that it is the image of.' },
    volumename: { type: 'string', description: 'Name of that volume.' },
    lastupdated: { type: 'date', description: 'When it was written, where the store says it.' },
    leftover: {
      type: 'boolean',
      extension: true,
      description:
        'It is no image: what a failed writing left, or an image that was deleted or moved. It is being removed.',
    },
  },
})
