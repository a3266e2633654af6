import { defineCommand } from '../define-command.ts'

export const deleteTemplate = defineCommand({
  name: 'deleteTemplate',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'TEMPLATE.DELETE',
  since: '2.1.0',
  description: 'Deletes a template. Virtual machines made from it keep their disks.',
  params: {
    id: { type: 'uuid', entity: 'Template', access: 'operate', required: true, description: 'The template.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'use', description: 'Only from this zone; from all unless given.' },
    forced: { type: 'boolean', since: '4.9+', description: 'Delete it although virtual machines were made from it.' },
    issystem: {
      type: 'boolean',
      since: '4.20.0',
      unsupported: { reason: 'Templates for system virtual machines are not needed here.', accepts: ['false'] },
      description: 'Whether it is a system template.',
    },
  },
  response: 'success',
})
