import { defineResponse } from '../define-response.ts'

export const userKeysResponse = defineResponse({
  name: 'RegisterUserKeyResponse',
  fields: {
    apikey: { type: 'string', sensitive: true, description: 'API key.' },
    secretkey: { type: 'string', sensitive: true, description: 'Secret key.' },
    apikeyaccess: { type: 'boolean', sensitive: true, description: "Whether the user's API key may be used." },
  },
})
