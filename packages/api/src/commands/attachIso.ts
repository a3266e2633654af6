import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const attachIso = defineCommand({
  name: 'attachIso',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'ISO.ATTACH',
  since: '2.1.0',
  description: 'Puts an ISO into the CD drive of a virtual machine, a running one too; one that is in it is replaced.',
  params: {
    id: { type: 'uuid', entity: 'Template', access: 'use', required: true, description: 'The ISO.' },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
    forced: { type: 'boolean', since: '4.15.1', description: 'Open the drive although the guest has locked it.' },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
