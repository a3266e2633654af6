import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const removeNicFromVirtualMachine = defineCommand({
  name: 'removeNicFromVirtualMachine',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'NIC.DELETE',
  since: '2.1.0',
  description: 'Takes a NIC from a virtual machine; a running one at once. The default NIC stays.',
  params: {
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'Virtual machine.',
    },
    nicid: { type: 'uuid', entity: 'Nic', access: 'operate', required: true, description: 'NIC.' },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
