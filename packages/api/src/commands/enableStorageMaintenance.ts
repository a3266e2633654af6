import { defineCommand } from '../define-command.ts'
import { storagePoolResponse } from '../responses/storage-pool.ts'

export const enableStorageMaintenance = defineCommand({
  name: 'enableStorageMaintenance',
  kind: 'async',
  roles: ['Admin'],
  event: 'MAINT.PREPARE.PS',
  since: '2.1.0',
  description:
    'Takes primary storage out of service and detaches it from its hosts. The disks of running virtual machines move to other pools first, or the virtual machines with them to other hosts; they are stopped only with stopvms=true. dryrun shows what would move where.',
  params: {
    id: { type: 'uuid', entity: 'StoragePool', access: 'operate', required: true, description: 'The pool.' },
    stopvms: {
      type: 'boolean',
      extension: true,
      description:
        'Stop the virtual machines that have a disk on the pool instead of moving anything; they are started again when the maintenance ends. Default false: refuse while one can neither move nor is stopped.',
    },
  },
  response: storagePoolResponse,
  key: 'storagepool',
})
