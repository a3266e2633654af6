import { defineResponse } from '../define-response.ts'

export const imageStoreResponse = defineResponse({
  name: 'ImageStoreResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    zoneid: { type: 'string', description: 'Id of the zone.' },
    zonename: { type: 'string', description: 'Name of the zone.' },
    name: { type: 'string', description: 'Name.' },
    url: { type: 'string', description: 'Where it is.' },
    protocol: { type: 'string', description: 'nfs, s3, or file for that of the server.' },
    providername: { type: 'string', description: 'NFS, S3 or Server.' },
    scope: { type: 'string', description: 'ZONE or REGION.' },
    readonly: { type: 'boolean', description: 'Whether it takes nothing new.' },
    disksizetotal: { type: 'long', description: 'Most bytes it may hold, where that was said.' },
    disksizeused: { type: 'long', description: 'Bytes of the images that it holds.' },
    hasannotations: { type: 'boolean', description: 'Whether there are comments on it.' },
  },
})
