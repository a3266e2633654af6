import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const addNicToVirtualMachine = defineCommand({
  name: 'addNicToVirtualMachine',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'NIC.CREATE',
  since: '2.1.0',
  description: 'Gives a virtual machine a NIC in a network; a running one at once.',
  params: {
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'Virtual machine.',
    },
    networkid: {
      type: 'uuid',
      entity: 'Network',
      access: 'use',
      required: true,
      description: 'Network, in the same zone; not one that it has a NIC in already.',
    },
    ipaddress: { type: 'string', description: 'Address; the next free one unless given.' },
    macaddress: { type: 'string', description: 'MAC address; a random one unless given.' },
    dhcpoptions: {
      type: 'map',
      unsupported: { reason: 'Extra DHCP options come with networks in production form.' },
      description: 'DHCP options of the guest.',
    },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
