import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'
import { sshKeyPairResponse } from '../responses/ssh-key-pair.ts'

export const registerSSHKeyPair = defineCommand({
  name: 'registerSSHKeyPair',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'REGISTER.SSH.KEYPAIR',
  since: '4.0.0',
  description: 'Registers a public SSH key under a name.',
  params: {
    name: { type: 'string', required: true, description: 'Name, unique in the account.' },
    publickey: {
      type: 'string',
      required: true,
      maxLength: 8192,
      description: 'Public key as OpenSSH writes it: type, Base64, comment.',
    },
    account: { type: 'string', description: 'Account that owns it; with domainid. The caller unless given.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'use', description: 'Domain of the account.' },
    ...projectOfObject,
  },
  response: sshKeyPairResponse,
  key: 'keypair',
})
