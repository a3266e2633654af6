import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const stopVirtualMachine = defineCommand({
  name: 'stopVirtualMachine',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VM.STOP',
  since: '2.1.0',
  description: 'Stops a virtual machine: asks the guest to shut down and switches it off when it does not.',
  params: {
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
    forced: {
      type: 'boolean',
      description: 'Switch it off at once. For users only where allow.user.force.stop.vm is true.',
    },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
