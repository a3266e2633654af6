import { defineCommand } from '../define-command.ts'
import { domainResponse } from '../responses/domain.ts'

export const updateDomain = defineCommand({
  name: 'updateDomain',
  kind: 'sync',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'updateDomain.',
  params: {
    id: { type: 'uuid', entity: 'Domain', access: 'operate', required: true, description: 'Identifier of the object.' },
    name: { type: 'string', description: 'Name.' },
    networkdomain: { type: 'string', description: 'DNS domain of guests.' },
  },
  response: domainResponse,
  key: 'domain',
})
