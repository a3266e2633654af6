import { defineCommand } from '../define-command.ts'

export const deleteTemplate = defineCommand({
  name: 'deleteTemplate',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'deleteTemplate.',
  params: {
    id: {
      type: 'uuid',
      entity: 'Template',
      access: 'operate',
      required: true,
      description: 'Identifier of the object.',
    },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'use', description: 'The zone.' },
    forced: { type: 'boolean', since: '4.9+', description: 'Do it even where a safe way fails.' },
    issystem: { type: 'boolean', since: '4.20.0', description: 'Only system objects, or only those of users.' },
  },
  response: 'success',
})
