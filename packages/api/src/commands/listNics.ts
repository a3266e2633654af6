import { defineCommand } from '../define-command.ts'
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
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: nicResponse,
  key: 'nic',
})
