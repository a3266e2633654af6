import { defineCommand } from '../define-command.ts'
import { capabilitiesResponse } from '../responses/capabilities.ts'

export const listCapabilities = defineCommand({
  name: 'listCapabilities',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Tells what this cloud offers: version, limits of pages and disks, what users may do themselves.',
  params: {
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      since: '4.23.0',
      description: "Domain whose settings to show; the caller's own unless given.",
    },
  },
  response: capabilitiesResponse,
  key: 'capability',
  readOnly: true,
})
