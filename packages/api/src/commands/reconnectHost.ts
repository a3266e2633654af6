import { defineCommand } from '../define-command.ts'
import { hostResponse } from '../responses/host.ts'

export const reconnectHost = defineCommand({
  name: 'reconnectHost',
  kind: 'async',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'reconnectHost.',
  params: {
    id: { type: 'uuid', entity: 'Host', access: 'operate', required: true, description: 'Identifier of the object.' },
  },
  response: hostResponse,
  key: 'host',
})
