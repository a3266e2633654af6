import { defineCommand } from '../define-command.ts'

export const deleteVMSnapshot = defineCommand({
  name: 'deleteVMSnapshot',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VMSNAPSHOT.DELETE',
  since: '4.2.0',
  description: 'Deletes a snapshot of a virtual machine, live if it runs.',
  params: {
    vmsnapshotid: {
      type: 'uuid',
      entity: 'VMSnapshot',
      access: 'operate',
      required: true,
      description: 'The VM snapshot.',
    },
  },
  response: 'success',
})
