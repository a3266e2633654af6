import { defineResponse } from '../define-response.ts'

export const storageNetworkIpRangeResponse = defineResponse({
  name: 'StorageNetworkIpRangeResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    vlan: { type: 'integer', description: 'VLAN; absent: untagged.' },
    podid: { type: 'string', description: 'Id of the pod.' },
    startip: { type: 'string', description: 'First address.' },
    endip: { type: 'string', description: 'Last address.' },
    gateway: { type: 'string', description: 'Gateway.' },
    zoneid: { type: 'string', description: 'Id of the zone.' },
    netmask: { type: 'string', description: 'Netmask.' },
  },
})
