import { defineCommand } from '../define-command.ts'
import { podResponse } from '../responses/pod.ts'

export const createPod = defineCommand({
  name: 'createPod',
  kind: 'sync',
  roles: ['Admin'],
  event: 'POD.CREATE',
  since: '2.1.0',
  description: 'Creates a pod.',
  params: {
    name: { type: 'string', required: true, description: 'Name.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'operate', required: true, description: 'Zone it belongs to.' },
    startip: { type: 'string', description: "First address reserved for the system in the pod's network." },
    endip: { type: 'string', description: 'Last reserved address.' },
    netmask: { type: 'string', description: "Netmask of the pod's management network." },
    gateway: { type: 'string', description: "Gateway of the pod's management network." },
    allocationstate: {
      type: 'string',
      values: ['Enabled', 'Disabled'],
      description: 'Enabled or Disabled; Enabled unless given.',
    },
    storageaccessgroups: {
      type: 'list',
      items: 'string',
      since: '4.21.0',
      unsupported: { reason: 'Storage access groups come with storage in production form.' },
      description: 'Storage access groups.',
    },
  },
  response: podResponse,
  key: 'pod',
})
