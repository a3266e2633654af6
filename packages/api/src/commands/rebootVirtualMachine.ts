import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const rebootVirtualMachine = defineCommand({
  name: 'rebootVirtualMachine',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VM.REBOOT',
  since: '2.1.0',
  description: 'Reboots a running virtual machine.',
  params: {
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
    forced: { type: 'boolean', since: '4.16.0', description: 'Stop and start it instead of asking the guest.' },
    bootintosetup: {
      type: 'boolean',
      since: '4.15.0.0',
      unsupported: { reason: 'Booting into the firmware setup comes with the console.', accepts: ['false'] },
      description: 'Stop in the firmware setup.',
    },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
