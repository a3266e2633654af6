import { defineCommand } from '../define-command.ts'

export const deleteStoragePool = defineCommand({
  name: 'deleteStoragePool',
  kind: 'sync',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'deleteStoragePool.',
  params: {
    id: {
      type: 'uuid',
      entity: 'StoragePool',
      access: 'operate',
      required: true,
      description: 'Identifier of the object.',
    },
    forced: { type: 'boolean', description: 'Do it even where a safe way fails.' },
  },
  response: 'success',
})
