import { defineResponse } from '../define-response.ts'

export const storageProviderResponse = defineResponse({
  name: 'StorageProviderResponse',
  fields: {
    name: { type: 'string', description: 'Name.' },
    type: { type: 'string', description: 'PRIMARY or IMAGE.' },
  },
})
