import { defineCommand } from '../define-command.ts'

export const deleteInstanceGroup = defineCommand({
  name: 'deleteInstanceGroup',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VM.GROUP.DELETE',
  since: '2.1.0',
  description: 'Deletes a group of virtual machines. Its members are in none then.',
  params: {
    id: { type: 'uuid', entity: 'InstanceGroup', access: 'operate', required: true, description: 'The group.' },
  },
  response: 'success',
})
