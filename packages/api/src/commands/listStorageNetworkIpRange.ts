import { defineCommand } from '../define-command.ts'
import { storageNetworkIpRangeResponse } from '../responses/storage-network-ip-range.ts'

export const listStorageNetworkIpRange = defineCommand({
  name: 'listStorageNetworkIpRange',
  kind: 'list',
  roles: ['Admin'],
  since: '3.0.0',
  description: 'Lists addresses of storage networks.',
  params: {
    id: { type: 'uuid', entity: 'StorageNetworkIpRange', access: 'list', description: 'Only the object of this id.' },
    podid: { type: 'uuid', entity: 'Pod', access: 'list', description: 'Only those of this pod.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those in this zone.' },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: storageNetworkIpRangeResponse,
  key: 'storagenetworkiprange',
})
