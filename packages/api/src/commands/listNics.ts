import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { nicResponse } from '../responses/nic.ts'

export const listNics = defineCommand({
  name: 'listNics',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists the NICs of a virtual machine.',
  params: {
    nicid: { type: 'uuid', entity: 'Nic', access: 'list', description: 'Only the one of this id.' },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'list',
      required: true,
      description: 'Virtual machine.',
    },
    networkid: { type: 'uuid', entity: 'Network', access: 'list', description: 'Only those in this network.' },
    fordisplay: {
      type: 'boolean',
      roles: ['Admin'],
      description: 'Only those that users see, or only others; users see all.',
    },
    ...namePaging,
  },
  response: nicResponse,
  key: 'nic',
})
