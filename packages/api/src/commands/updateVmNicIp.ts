import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const updateVmNicIp = defineCommand({
  name: 'updateVmNicIp',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'NIC.UPDATE',
  since: '2.1.0',
  description: 'Changes the address of a NIC of a stopped virtual machine in a Shared network.',
  params: {
    nicid: { type: 'uuid', entity: 'Nic', access: 'operate', required: true, description: 'NIC.' },
    ipaddress: { type: 'string', description: 'Address; the next free one unless given.' },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
