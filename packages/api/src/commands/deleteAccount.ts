import { defineCommand } from '../define-command.ts'

export const deleteAccount = defineCommand({
  name: 'deleteAccount',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'ACCOUNT.DELETE',
  since: '2.1.0',
  description:
    'Deletes an account and everything it owns: virtual machines are expunged, networks and templates deleted.',
  params: {
    id: { type: 'uuid', entity: 'Account', access: 'operate', required: true, description: 'The account.' },
  },
  response: 'success',
})
