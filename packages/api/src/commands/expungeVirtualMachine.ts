import { defineCommand } from '../define-command.ts'

export const expungeVirtualMachine = defineCommand({
  name: 'expungeVirtualMachine',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VM.EXPUNGE',
  since: '2.1.0',
  description:
    'Removes a destroyed virtual machine and its disk for good. For users only where allow.user.expunge.recover.vm is true.',
  params: {
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
  },
  response: 'success',
})
