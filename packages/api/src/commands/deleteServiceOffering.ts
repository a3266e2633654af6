import { defineCommand } from '../define-command.ts'

export const deleteServiceOffering = defineCommand({
  name: 'deleteServiceOffering',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'SERVICE.OFFERING.DELETE',
  since: '2.1.0',
  description: 'Deletes a service offering. Virtual machines that have it keep it.',
  params: {
    id: {
      type: 'uuid',
      entity: 'ServiceOffering',
      access: 'operate',
      required: true,
      description: 'The service offering.',
    },
  },
  response: 'success',
})
