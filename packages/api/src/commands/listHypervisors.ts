import { defineCommand } from '../define-command.ts'
import { hypervisorResponse } from '../responses/hypervisor.ts'

export const listHypervisors = defineCommand({
  name: 'listHypervisors',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: "Lists hypervisor types of the zone's clusters; of the whole cloud without a zone.",
  params: {
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'The zone.' },
  },
  response: hypervisorResponse,
  key: 'hypervisor',
  answersAsList: true,
  readOnly: true,
})
