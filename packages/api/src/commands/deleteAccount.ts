import { defineCommand } from '../define-command.ts'

export const deleteAccount = defineCommand({
  name: 'deleteAccount',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '2.1.0',
  description: 'deleteAccount.',
  params: {
    id: {
      type: 'uuid',
      entity: 'Account',
      access: 'operate',
      required: true,
      description: 'Identifier of the object.',
    },
  },
  response: 'success',
})
