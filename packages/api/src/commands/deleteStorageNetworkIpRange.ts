import { defineCommand } from '../define-command.ts'

export const deleteStorageNetworkIpRange = defineCommand({
  name: 'deleteStorageNetworkIpRange',
  kind: 'async',
  roles: ['Admin'],
  event: 'STORAGE.IP.RANGE.DELETE',
  since: '3.0.0',
  description: 'Deletes addresses of the storage network of a pod.',
  params: {
    id: { type: 'uuid', entity: 'StorageNetworkIpRange', access: 'operate', required: true, description: 'Range.' },
  },
  response: 'success',
})
