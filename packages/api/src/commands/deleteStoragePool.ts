import { defineCommand } from '../define-command.ts'

export const deleteStoragePool = defineCommand({
  name: 'deleteStoragePool',
  kind: 'sync',
  roles: ['Admin'],
  event: 'DELETE.PS',
  since: '2.1.0',
  description: 'Removes a storage pool that holds no volumes any more.',
  params: {
    id: { type: 'uuid', entity: 'StoragePool', access: 'operate', required: true, description: 'The storage pool.' },
    forced: { type: 'boolean', description: 'Expunge destroyed volumes on it first.' },
  },
  response: 'success',
})
