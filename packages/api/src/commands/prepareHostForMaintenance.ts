import { defineCommand } from '../define-command.ts'
import { hostResponse } from '../responses/host.ts'

export const prepareHostForMaintenance = defineCommand({
  name: 'prepareHostForMaintenance',
  kind: 'async',
  roles: ['Admin'],
  event: 'MAINT.PREPARE',
  since: '2.1.0',
  description:
    'Moves the running virtual machines of a host away and takes it out of service. None is stopped that could have moved; dryrun shows where each would go.',
  params: {
    id: { type: 'uuid', entity: 'Host', access: 'operate', required: true, description: 'The host.' },
  },
  response: hostResponse,
  key: 'host',
})
