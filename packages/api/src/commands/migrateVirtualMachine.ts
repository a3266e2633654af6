import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const migrateVirtualMachine = defineCommand({
  name: 'migrateVirtualMachine',
  kind: 'async',
  roles: ['Admin'],
  event: 'VM.MIGRATE',
  since: '2.1.0',
  description:
    'Moves a running virtual machine to another host without stopping it. What does not fit is named before anything moves.',
  params: {
    hostid: {
      type: 'uuid',
      entity: 'Host',
      access: 'use',
      description: 'Host to move to; not together with autoselect.',
    },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
    storageid: {
      type: 'uuid',
      entity: 'StoragePool',
      access: 'use',
      unsupported: {
        reason:
          'Disks of a stopped virtual machine move by migrateVolume, those of a running one with it by migrateVirtualMachineWithVolume.',
      },
      description: 'Storage pool to move the disk to.',
    },
    autoselect: {
      type: 'boolean',
      since: '4.16.0',
      description: 'Let the planner choose the host; true when no host is given.',
    },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
