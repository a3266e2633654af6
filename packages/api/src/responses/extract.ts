import { defineResponse } from '../define-response.ts'

export const extractResponse = defineResponse({
  name: 'ExtractResponse',
  fields: {
    id: { type: 'string', description: 'Id of what is downloaded.' },
    name: { type: 'string', description: 'Name of it.' },
    extractId: { type: 'string', description: 'Id of the link.' },
    uploadpercentage: { type: 'integer', description: '100: the link can be used.' },
    status: { type: 'string', description: 'How far it is, in words.' },
    accountid: { type: 'string', description: 'Id of the account that asked.' },
    resultstring: { type: 'string', description: 'What came of it, in words.' },
    created: { type: 'date', description: 'When the link was made.' },
    state: { type: 'string', description: 'DOWNLOAD_URL_CREATED.' },
    storagetype: { type: 'string', description: 'Kind of store: ImageStore.' },
    zoneid: { type: 'string', description: 'Id of the zone.' },
    zonename: { type: 'string', description: 'Name of the zone.' },
    extractMode: { type: 'string', description: 'HTTP_DOWNLOAD.' },
    url: { type: 'string', sensitive: true, description: 'The link; whoever has it may download until it expires.' },
    expires: { type: 'date', extension: true, description: 'When the link expires.' },
    size: { type: 'long', extension: true, description: 'Bytes that it gives.' },
    checksum: { type: 'string', extension: true, description: 'SHA-256 of what it gives.' },
  },
})
