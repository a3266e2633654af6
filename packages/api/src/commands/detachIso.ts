import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const detachIso = defineCommand({
  name: 'detachIso',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'ISO.DETACH',
  since: '2.1.0',
  description: 'Takes the ISO out of the CD drive of a virtual machine, a running one too.',
  params: {
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
    forced: { type: 'boolean', since: '4.15.1', description: 'Open the drive although the guest has locked it.' },
    id: {
      type: 'uuid',
      entity: 'Template',
      access: 'list',
      since: '4.23.0',
      description: 'The ISO that is expected in the drive; whichever is there unless given.',
    },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
