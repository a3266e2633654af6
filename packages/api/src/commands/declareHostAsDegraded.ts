import { defineCommand } from '../define-command.ts'
import { hostResponse } from '../responses/host.ts'

export const declareHostAsDegraded = defineCommand({
  name: 'declareHostAsDegraded',
  kind: 'async',
  roles: ['Admin'],
  event: 'HOST.DECLARE.DEGRADED',
  since: '4.16.0.0',
  description:
    'Declares that a host that is in Alert, Disconnected or Down does not come back by itself. Nothing is placed on it any more; its virtual machines are not touched.',
  params: {
    id: { type: 'uuid', entity: 'Host', access: 'operate', required: true, description: 'The host.' },
  },
  response: hostResponse,
  key: 'host',
})
