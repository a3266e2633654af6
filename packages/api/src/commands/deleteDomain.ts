import { defineCommand } from '../define-command.ts'

export const deleteDomain = defineCommand({
  name: 'deleteDomain',
  kind: 'async',
  roles: ['Admin', 'DomainAdmin'],
  unlistedRoles: ['Admin', 'DomainAdmin'],
  since: '2.1.0',
  description: 'deleteDomain.',
  params: {
    id: { type: 'uuid', entity: 'Domain', access: 'operate', required: true, description: 'Identifier of the object.' },
    cleanup: { type: 'boolean', description: 'The cleanup.' },
  },
  response: 'success',
})
