import { defineCommand } from '../define-command.ts'
import { storagePoolResponse } from '../responses/storage-pool.ts'

export const enableStorageMaintenance = defineCommand({
  name: 'enableStorageMaintenance',
  kind: 'async',
  roles: ['Admin'],
  event: 'MAINT.PREPARE.PS',
  since: '2.1.0',
  description:
    'Takes primary storage out of service and detaches it from its hosts. Running virtual machines on it are stopped only with stopvms=true; dryrun shows which.',
  params: {
    id: { type: 'uuid', entity: 'StoragePool', access: 'operate', required: true, description: 'The pool.' },
    stopvms: {
      type: 'boolean',
      extension: true,
      description:
        'Stop the virtual machines that have a disk on the pool; they are started again when the maintenance ends. Default false: refuse while one runs.',
    },
  },
  response: storagePoolResponse,
  key: 'storagepool',
})
