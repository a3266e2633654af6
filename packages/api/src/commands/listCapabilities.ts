import { defineCommand } from '../define-command.ts'
import { capabilitiesResponse } from '../responses/capabilities.ts'

export const listCapabilities = defineCommand({
  name: 'listCapabilities',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'listCapabilities.',
  params: {
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      since: '4.23.0',
      description: 'Domain of the account, or the domain to look in.',
    },
  },
  response: capabilitiesResponse,
  key: 'capability',
})
