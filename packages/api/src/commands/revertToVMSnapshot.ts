import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const revertToVMSnapshot = defineCommand({
  name: 'revertToVMSnapshot',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VMSNAPSHOT.REVERTTO',
  since: '4.2.0',
  description: 'Brings a virtual machine back to a snapshot: a stopped one its disks, a running one disks and memory.',
  params: {
    vmsnapshotid: {
      type: 'uuid',
      entity: 'VMSnapshot',
      access: 'operate',
      required: true,
      description: 'The VM snapshot.',
    },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
