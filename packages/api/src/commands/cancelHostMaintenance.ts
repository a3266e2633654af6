import { defineCommand } from '../define-command.ts'
import { hostResponse } from '../responses/host.ts'

export const cancelHostMaintenance = defineCommand({
  name: 'cancelHostMaintenance',
  kind: 'async',
  roles: ['Admin'],
  event: 'MAINT.CANCEL',
  since: '2.1.0',
  description:
    'Puts a host back into service, or ends its preparation for maintenance. Virtual machines that have moved stay where they are.',
  params: {
    id: { type: 'uuid', entity: 'Host', access: 'operate', required: true, description: 'The host.' },
  },
  response: hostResponse,
  key: 'host',
})
