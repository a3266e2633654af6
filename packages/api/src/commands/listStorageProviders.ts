import { defineCommand } from '../define-command.ts'
import { paging } from '../params/paging.ts'
import { storageProviderResponse } from '../responses/storage-provider.ts'

export const listStorageProviders = defineCommand({
  name: 'listStorageProviders',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin'],
  since: '4.2.0',
  description: 'Lists the drivers for primary storage or for image stores.',
  params: {
    type: { type: 'string', required: true, description: 'primary or image.' },
    keyword: { type: 'string', description: 'Only drivers whose name contains this text.' },
    ...paging,
  },
  response: storageProviderResponse,
  key: 'dataStoreProvider',
})
