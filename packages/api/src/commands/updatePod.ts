import { defineCommand } from '../define-command.ts'
import { podResponse } from '../responses/pod.ts'

export const updatePod = defineCommand({
  name: 'updatePod',
  kind: 'sync',
  roles: ['Admin'],
  event: 'POD.EDIT',
  since: '2.1.0',
  description: 'Changes a pod.',
  params: {
    id: { type: 'uuid', entity: 'Pod', access: 'operate', required: true, description: 'The pod.' },
    name: { type: 'string', description: 'New name.' },
    startip: { type: 'string', description: 'First reserved address.' },
    endip: { type: 'string', description: 'Last reserved address.' },
    netmask: { type: 'string', description: "Netmask of the pod's management network." },
    gateway: { type: 'string', description: "Gateway of the pod's management network." },
    allocationstate: { type: 'string', values: ['Enabled', 'Disabled'], description: 'Enabled or Disabled.' },
  },
  response: podResponse,
  key: 'pod',
})
