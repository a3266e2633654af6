import { defineCommand } from '../define-command.ts'
import { storageNetworkIpRangeResponse } from '../responses/storage-network-ip-range.ts'

export const updateStorageNetworkIpRange = defineCommand({
  name: 'updateStorageNetworkIpRange',
  kind: 'async',
  roles: ['Admin'],
  event: 'STORAGE.IP.RANGE.UPDATE',
  since: '3.0.0',
  description: 'Changes addresses of the storage network of a pod.',
  params: {
    id: { type: 'uuid', entity: 'StorageNetworkIpRange', access: 'operate', required: true, description: 'Range.' },
    startip: { type: 'string', description: 'First address.' },
    endip: { type: 'string', description: 'Last address; startip unless given.' },
    vlan: { type: 'integer', description: 'VLAN of the storage network; untagged unless given.' },
    netmask: { type: 'string', description: 'Netmask.' },
  },
  response: storageNetworkIpRangeResponse,
  key: 'storagenetworkiprange',
})
