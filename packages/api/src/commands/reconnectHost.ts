import { defineCommand } from '../define-command.ts'
import { hostResponse } from '../responses/host.ts'

export const reconnectHost = defineCommand({
  name: 'reconnectHost',
  kind: 'async',
  roles: ['Admin'],
  event: 'HOST.RECONNECT',
  since: '2.1.0',
  description: "Ends the agent's connection, so that it connects anew and reports everything.",
  params: {
    id: { type: 'uuid', entity: 'Host', access: 'operate', required: true, description: 'The host.' },
  },
  response: hostResponse,
  key: 'host',
})
