import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const destroyVirtualMachine = defineCommand({
  name: 'destroyVirtualMachine',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'destroyVirtualMachine.',
  params: {
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'Identifier of the object.',
    },
    expunge: { type: 'boolean', since: '4.2.1', description: 'The expunge.' },
    volumeids: {
      type: 'list',
      items: 'uuid',
      entity: 'Volume',
      access: 'use',
      since: '4.12.0',
      description: 'The volumeids.',
    },
    forced: { type: 'boolean', roles: ['Admin'], since: '4.23.0', description: 'Do it even where a safe way fails.' },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
