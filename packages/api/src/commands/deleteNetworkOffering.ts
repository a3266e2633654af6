import { defineCommand } from '../define-command.ts'

export const deleteNetworkOffering = defineCommand({
  name: 'deleteNetworkOffering',
  kind: 'sync',
  roles: ['Admin'],
  event: 'NETWORK.OFFERING.DELETE',
  since: '3.0.0',
  description: 'Deletes a network offering that is no default one and that no network has.',
  params: {
    id: {
      type: 'uuid',
      entity: 'NetworkOffering',
      access: 'operate',
      required: true,
      description: 'Network offering.',
    },
  },
  response: 'success',
})
