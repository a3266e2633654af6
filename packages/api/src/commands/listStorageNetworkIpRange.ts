import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
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
    ...namePaging,
  },
  response: storageNetworkIpRangeResponse,
  key: 'storagenetworkiprange',
})
