import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const resetSSHKeyForVirtualMachine = defineCommand({
  name: 'resetSSHKeyForVirtualMachine',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VM.RESETSSHKEY',
  since: '4.0.0',
  description:
    'Gives a stopped virtual machine other SSH keys, and a new password where its template has one; both at its next start.',
  params: {
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine; Stopped.',
    },
    keypair: { type: 'string', description: 'Name of one key pair.' },
    keypairs: { type: 'list', items: 'string', since: '4.17', description: 'Names of several key pairs.' },
    account: { type: 'string', description: 'Account that owns it; with domainid. The caller unless given.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'use', description: 'Domain of the account.' },
    ...projectOfObject,
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
