import { defineResponse } from '../define-response.ts'

export const userKeysResponse = defineResponse({
  name: 'RegisterUserKeyResponse',
  fields: {
    apikey: { type: 'string', sensitive: true, description: 'The apikey.' },
    secretkey: { type: 'string', sensitive: true, description: 'The secretkey.' },
    apikeyaccess: { type: 'boolean', sensitive: true, description: 'The apikeyaccess.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
