import { defineCommand } from '../define-command.ts'
import { storageNetworkIpRangeResponse } from '../responses/storage-network-ip-range.ts'

export const createStorageNetworkIpRange = defineCommand({
  name: 'createStorageNetworkIpRange',
  kind: 'async',
  roles: ['Admin'],
  event: 'STORAGE.IP.RANGE.CREATE',
  since: '3.0.0',
  description:
    'Adds addresses for the storage network of a pod. They are kept and answered; hosts configure storage addresses themselves.',
  params: {
    podid: { type: 'uuid', entity: 'Pod', access: 'operate', required: true, description: 'Pod.' },
    startip: { type: 'string', required: true, description: 'First address.' },
    endip: { type: 'string', description: 'Last address; startip unless given.' },
    vlan: { type: 'integer', description: 'VLAN of the storage network; untagged unless given.' },
    netmask: { type: 'string', required: true, description: 'Netmask.' },
    gateway: { type: 'string', required: true, description: 'Gateway.' },
  },
  response: storageNetworkIpRangeResponse,
  key: 'storagenetworkiprange',
})
