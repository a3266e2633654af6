import { defineCommand } from '../define-command.ts'
import { podResponse } from '../responses/pod.ts'

export const createPod = defineCommand({
  name: 'createPod',
  kind: 'sync',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'createPod.',
  params: {
    name: { type: 'string', required: true, description: 'Name.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'use', required: true, description: 'The zone.' },
    startip: { type: 'string', description: 'First address of the range.' },
    endip: { type: 'string', description: 'Last address of the range.' },
    netmask: { type: 'string', description: 'Netmask of the network.' },
    gateway: { type: 'string', description: 'Address of the gateway.' },
    allocationstate: {
      type: 'string',
      description: 'Enabled or Disabled: whether new virtual machines may be placed here.',
    },
    storageaccessgroups: { type: 'list', items: 'string', since: '4.21.0', description: 'The storageaccessgroups.' },
  },
  response: podResponse,
  key: 'pod',
})
