import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const stopVirtualMachine = defineCommand({
  name: 'stopVirtualMachine',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'stopVirtualMachine.',
  params: {
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'Identifier of the object.',
    },
    forced: { type: 'boolean', description: 'Do it even where a safe way fails.' },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
