import { defineCommand } from '../define-command.ts'

export const deleteNetwork = defineCommand({
  name: 'deleteNetwork',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'deleteNetwork.',
  params: {
    id: {
      type: 'uuid',
      entity: 'Network',
      access: 'operate',
      required: true,
      description: 'Identifier of the object.',
    },
    forced: { type: 'boolean', description: 'Do it even where a safe way fails.' },
  },
  response: 'success',
})
