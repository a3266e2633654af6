import { defineCommand } from '../define-command.ts'

export const expungeVirtualMachine = defineCommand({
  name: 'expungeVirtualMachine',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'expungeVirtualMachine.',
  params: {
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'Identifier of the object.',
    },
  },
  response: 'success',
})
