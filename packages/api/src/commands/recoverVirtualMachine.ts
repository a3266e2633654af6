import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const recoverVirtualMachine = defineCommand({
  name: 'recoverVirtualMachine',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'recoverVirtualMachine.',
  params: {
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'Identifier of the object.',
    },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
