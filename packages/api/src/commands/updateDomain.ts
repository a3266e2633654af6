import { defineCommand } from '../define-command.ts'
import { domainResponse } from '../responses/domain.ts'

export const updateDomain = defineCommand({
  name: 'updateDomain',
  kind: 'sync',
  roles: ['Admin'],
  event: 'DOMAIN.UPDATE',
  since: '2.1.0',
  description: 'Renames a domain or changes its network domain.',
  params: {
    id: { type: 'uuid', entity: 'Domain', access: 'operate', required: true, description: 'The domain; not ROOT.' },
    name: { type: 'string', description: 'New name.' },
    networkdomain: { type: 'string', description: 'DNS domain of guests.' },
  },
  response: domainResponse,
  key: 'domain',
})
