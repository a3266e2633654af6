import { defineCommand } from '../define-command.ts'
import { podResponse } from '../responses/pod.ts'

export const updatePod = defineCommand({
  name: 'updatePod',
  kind: 'sync',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'updatePod.',
  params: {
    id: { type: 'uuid', entity: 'Pod', access: 'operate', required: true, description: 'Identifier of the object.' },
    name: { type: 'string', description: 'Name.' },
    startip: { type: 'string', description: 'First address of the range.' },
    endip: { type: 'string', description: 'Last address of the range.' },
    netmask: { type: 'string', description: 'Netmask of the network.' },
    gateway: { type: 'string', description: 'Address of the gateway.' },
    allocationstate: {
      type: 'string',
      description: 'Enabled or Disabled: whether new virtual machines may be placed here.',
    },
  },
  response: podResponse,
  key: 'pod',
})
