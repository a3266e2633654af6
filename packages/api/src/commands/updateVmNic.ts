import { defineCommand } from '../define-command.ts'
import { nicResponse } from '../responses/nic.ts'

export const updateVmNic = defineCommand({
  name: 'updateVmNic',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'NIC.UPDATE',
  since: '2.1.0',
  description: 'Sets the link of a NIC up or down; that of a running virtual machine at once.',
  params: {
    nicid: { type: 'uuid', entity: 'Nic', access: 'operate', required: true, description: 'NIC.' },
    enabled: { type: 'boolean', description: 'Whether its link is up.' },
  },
  response: nicResponse,
  key: 'nic',
})
