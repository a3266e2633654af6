import { defineCommand } from '../define-command.ts'
import { listOwnership, projectOfList } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
import { sshKeyPairResponse } from '../responses/ssh-key-pair.ts'

export const listSSHKeyPairs = defineCommand({
  name: 'listSSHKeyPairs',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists SSH key pairs.',
  params: {
    id: { type: 'uuid', description: 'Only the object of this id.' },
    name: { type: 'string', description: 'Only those of this name.' },
    fingerprint: { type: 'string', description: 'Only the pair with this fingerprint.' },
    ...projectOfList,
    ...listOwnership,
    ...namePaging,
  },
  response: sshKeyPairResponse,
  key: 'sshkeypair',
})
