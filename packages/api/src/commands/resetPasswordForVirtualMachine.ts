import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const resetPasswordForVirtualMachine = defineCommand({
  name: 'resetPasswordForVirtualMachine',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VM.RESETPASSWORD',
  since: '4.0.0',
  description:
    'Gives a stopped virtual machine whose template is password-enabled a new password. The job answers it; the guest takes it at its next start.',
  params: {
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine; Stopped.',
    },
    password: {
      type: 'string',
      since: '4.19.0.0',
      sensitive: true,
      maxLength: 128,
      description: 'The password, of printable ASCII without blanks; a random one unless given.',
    },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
