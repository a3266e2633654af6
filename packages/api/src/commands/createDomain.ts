import { defineCommand } from '../define-command.ts'
import { domainResponse } from '../responses/domain.ts'

export const createDomain = defineCommand({
  name: 'createDomain',
  kind: 'sync',
  roles: ['Admin', 'DomainAdmin'],
  unlistedRoles: ['Admin', 'DomainAdmin'],
  since: '2.1.0',
  description: 'createDomain.',
  params: {
    name: { type: 'string', required: true, description: 'Name.' },
    parentdomainid: { type: 'uuid', entity: 'Domain', access: 'use', description: 'The parentdomainid.' },
    networkdomain: { type: 'string', description: 'DNS domain of guests.' },
    domainid: { type: 'string', description: 'Domain of the account, or the domain to look in.' },
  },
  response: domainResponse,
  key: 'domain',
})
