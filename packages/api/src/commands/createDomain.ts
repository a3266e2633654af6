import { defineCommand } from '../define-command.ts'
import { domainResponse } from '../responses/domain.ts'

export const createDomain = defineCommand({
  name: 'createDomain',
  kind: 'sync',
  roles: ['Admin', 'DomainAdmin'],
  unlistedRoles: ['Admin', 'DomainAdmin'],
  event: 'DOMAIN.CREATE',
  since: '2.1.0',
  description: 'Creates a domain below another.',
  params: {
    name: { type: 'string', required: true, description: 'Name, unique below its parent; no slash.' },
    parentdomainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'operate',
      description: 'Domain above; ROOT unless given.',
    },
    networkdomain: { type: 'string', description: 'DNS domain of guests.' },
    domainid: { type: 'string', description: 'UUID to give to the domain instead of a random one.' },
  },
  response: domainResponse,
  key: 'domain',
})
