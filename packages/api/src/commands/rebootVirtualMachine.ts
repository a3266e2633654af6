import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const rebootVirtualMachine = defineCommand({
  name: 'rebootVirtualMachine',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'rebootVirtualMachine.',
  params: {
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'Identifier of the object.',
    },
    forced: { type: 'boolean', since: '4.16.0', description: 'Do it even where a safe way fails.' },
    bootintosetup: { type: 'boolean', since: '4.15.0.0', description: 'The bootintosetup.' },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
