import { defineResponse } from '../define-response.ts'

export const hostBundleFileResponse = defineResponse({
  name: 'HostBundleFileResponse',
  fields: {
    name: { type: 'string', description: 'File name.' },
    content: { type: 'string', description: 'Its text, without secrets.' },
  },
})

export const hostBundleResponse = defineResponse({
  name: 'HostBundleResponse',
  fields: {
    hostid: { type: 'string', description: 'Id of the host.' },
    hostname: { type: 'string', description: 'Name of the host.' },
    created: { type: 'date', description: 'When it was gathered.' },
    file: { type: 'list', of: hostBundleFileResponse, description: 'The files.' },
  },
})
