import { defineCommand } from '../define-command.ts'

export const deleteIso = defineCommand({
  name: 'deleteIso',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'ISO.DELETE',
  since: '2.1.0',
  description: 'Deletes an ISO. Refused while a virtual machine has it in its drive.',
  params: {
    id: { type: 'uuid', entity: 'Template', access: 'operate', required: true, description: 'The ISO.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'use', description: 'Only from this zone; from all unless given.' },
  },
  response: 'success',
})
