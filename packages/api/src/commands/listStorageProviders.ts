import { defineCommand } from '../define-command.ts'
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
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: storageProviderResponse,
  key: 'dataStoreProvider',
})
