import { defineCommand } from '../define-command.ts'

export const deletePhysicalNetwork = defineCommand({
  name: 'deletePhysicalNetwork',
  kind: 'async',
  roles: ['Admin'],
  event: 'PHYSICAL.NETWORK.DELETE',
  since: '3.0.0',
  description: 'Deletes a physical network that carries no guest network and no address range.',
  params: {
    id: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'operate',
      required: true,
      description: 'Physical network.',
    },
  },
  response: 'success',
})
