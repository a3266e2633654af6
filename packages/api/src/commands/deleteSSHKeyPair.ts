import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'

export const deleteSSHKeyPair = defineCommand({
  name: 'deleteSSHKeyPair',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'REGISTER.SSH.KEYPAIR',
  since: '4.0.0',
  description: 'Deletes a key pair by its name. Virtual machines keep the keys they have.',
  params: {
    name: { type: 'string', required: true, description: 'Name of the key pair.' },
    account: { type: 'string', description: 'Account that owns it; with domainid. The caller unless given.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'use', description: 'Domain of the account.' },
    ...projectOfObject,
  },
  response: 'success',
})
