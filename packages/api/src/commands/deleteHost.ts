import { defineCommand } from '../define-command.ts'

export const deleteHost = defineCommand({
  name: 'deleteHost',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin'],
  event: 'HOST.DELETE',
  since: '2.1.0',
  description:
    'Removes a host; its agent loses its certificate. The host must be without virtual machines unless forced.',
  params: {
    id: { type: 'uuid', entity: 'Host', access: 'operate', required: true, description: 'The host.' },
    forced: { type: 'boolean', description: 'Stop the virtual machines that are on it first.' },
    forcedestroylocalstorage: {
      type: 'boolean',
      description: 'Destroy virtual machines whose disks are on its local storage.',
    },
  },
  response: 'success',
})
