import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const updateDefaultNicForVirtualMachine = defineCommand({
  name: 'updateDefaultNicForVirtualMachine',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'NIC.UPDATE',
  since: '2.1.0',
  description: 'Makes another NIC the default one. The guest takes its gateway and name servers at its next start.',
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
