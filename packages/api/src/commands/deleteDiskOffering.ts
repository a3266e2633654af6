import { defineCommand } from '../define-command.ts'

export const deleteDiskOffering = defineCommand({
  name: 'deleteDiskOffering',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'DISK.OFFERING.DELETE',
  since: '2.1.0',
  description: 'Deletes a disk offering. Disks that have it keep it.',
  params: {
    id: { type: 'uuid', entity: 'DiskOffering', access: 'operate', required: true, description: 'The disk offering.' },
  },
  response: 'success',
})
