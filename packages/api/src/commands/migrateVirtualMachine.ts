import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const migrateVirtualMachine = defineCommand({
  name: 'migrateVirtualMachine',
  kind: 'async',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'migrateVirtualMachine.',
  params: {
    hostid: { type: 'uuid', entity: 'Host', access: 'use', description: 'The host.' },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
    storageid: { type: 'uuid', entity: 'StoragePool', access: 'use', description: 'The storage pool.' },
    autoselect: { type: 'boolean', since: '4.16.0', description: 'The autoselect.' },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
