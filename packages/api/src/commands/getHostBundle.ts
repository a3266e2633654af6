import { defineCommand } from '../define-command.ts'
import { hostBundleResponse } from '../responses/host-bundle.ts'

export const getHostBundle = defineCommand({
  name: 'getHostBundle',
  kind: 'sync',
  readOnly: true,
  roles: ['Admin'],
  since: '0.2.0',
  description:
    'Gathers what support needs to see of a host: logs, facts, configuration, checks, its evidence and events. Keys, passwords, tokens and certificates are removed.',
  params: {
    id: { type: 'uuid', entity: 'Host', access: 'operate', required: true, description: 'The host.' },
  },
  response: hostBundleResponse,
  key: 'hostbundle',
  extension: true,
})
