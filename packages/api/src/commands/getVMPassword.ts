import { defineCommand } from '../define-command.ts'
import { vmPasswordResponse } from '../responses/vm-password.ts'

export const getVMPassword = defineCommand({
  name: 'getVMPassword',
  kind: 'sync',
  readOnly: true,
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '4.0.0',
  description:
    "Answers the password of a virtual machine, encrypted with its SSH key: for its owner's private key alone.",
  params: {
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
  },
  response: vmPasswordResponse,
  key: 'password',
})
