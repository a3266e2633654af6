import { defineResponse } from '../define-response.ts'

export const hostBridgeResponse = defineResponse({
  name: 'HostBridgeResponse',
  fields: {
    address: { type: 'string', description: 'Address by which the host was reached.' },
    bridge: { type: 'string', description: 'Name of the bridge.' },
    nic: { type: 'string', description: 'NIC that is its port.' },
    backend: {
      type: 'string',
      description: 'Whose configuration was written: ifupdown, netplan, networkmanager or networkd.',
    },
    files: { type: 'list', description: 'Files that were written; what stood there is kept beside them.' },
    changed: { type: 'boolean', description: 'False when the bridge was there already.' },
  },
})
