import { defineCommand } from '../define-command.ts'

export const deleteDomain = defineCommand({
  name: 'deleteDomain',
  kind: 'async',
  roles: ['Admin', 'DomainAdmin'],
  unlistedRoles: ['Admin', 'DomainAdmin'],
  event: 'DOMAIN.DELETE',
  since: '2.1.0',
  description: 'Deletes a domain. It must be empty unless cleanup is true.',
  params: {
    id: { type: 'uuid', entity: 'Domain', access: 'operate', required: true, description: 'The domain; not ROOT.' },
    cleanup: { type: 'boolean', description: 'Delete the domains below and all accounts in them with what they own.' },
  },
  response: 'success',
})
