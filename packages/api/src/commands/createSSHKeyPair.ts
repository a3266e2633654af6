import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'
import { createSSHKeyPairResponse } from '../responses/create-ssh-key-pair.ts'

export const createSSHKeyPair = defineCommand({
  name: 'createSSHKeyPair',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'REGISTER.SSH.KEYPAIR',
  since: '4.0.0',
  description: 'Makes an RSA key pair, keeps its public half and answers the private one, which is kept nowhere.',
  params: {
    name: { type: 'string', required: true, description: 'Name, unique in the account.' },
    account: { type: 'string', description: 'Account that owns it; with domainid. The caller unless given.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'use', description: 'Domain of the account.' },
    ...projectOfObject,
  },
  response: createSSHKeyPairResponse,
  key: 'keypair',
})
