import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const recoverVirtualMachine = defineCommand({
  name: 'recoverVirtualMachine',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VM.RECOVER',
  since: '2.1.0',
  description: 'Takes a destroyed virtual machine back, stopped.',
  params: {
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
