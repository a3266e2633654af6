import { defineCommand } from '../define-command.ts'
import { storagePoolResponse } from '../responses/storage-pool.ts'

export const cancelStorageMaintenance = defineCommand({
  name: 'cancelStorageMaintenance',
  kind: 'async',
  roles: ['Admin'],
  event: 'MAINT.CANCEL.PS',
  since: '2.1.0',
  description:
    'Attaches primary storage to its hosts again and puts it back into service; virtual machines that the maintenance stopped are started.',
  params: {
    id: { type: 'uuid', entity: 'StoragePool', access: 'operate', required: true, description: 'The pool.' },
  },
  response: storagePoolResponse,
  key: 'storagepool',
})
