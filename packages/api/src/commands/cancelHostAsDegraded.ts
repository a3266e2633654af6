import { defineCommand } from '../define-command.ts'
import { hostResponse } from '../responses/host.ts'

export const cancelHostAsDegraded = defineCommand({
  name: 'cancelHostAsDegraded',
  kind: 'async',
  roles: ['Admin'],
  event: 'HOST.CANCEL.DEGRADED',
  since: '4.16.0.0',
  description: 'Puts a host that was declared degraded back into service.',
  params: {
    id: { type: 'uuid', entity: 'Host', access: 'operate', required: true, description: 'The host.' },
  },
  response: hostResponse,
  key: 'host',
})
