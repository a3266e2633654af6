import { defineCommand } from '../define-command.ts'

export const updateTemplatePermissions = defineCommand({
  name: 'updateTemplatePermissions',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'TEMPLATE.UPDATE',
  since: '2.1.0',
  description: 'Changes who may use a template.',
  params: {
    accounts: {
      type: 'list',
      items: 'string',
      description: "Accounts of the caller's domain, by name; with op add or remove.",
    },
    id: { type: 'uuid', entity: 'Template', access: 'operate', required: true, description: 'The template.' },
    isfeatured: { type: 'boolean', description: 'Show it among the featured; root admins only.' },
    ispublic: { type: 'boolean', description: 'Whether every account may use it.' },
    isextractable: { type: 'boolean', description: 'Whether it may be downloaded; root admins only.' },
    op: {
      type: 'string',
      values: ['add', 'remove', 'reset'],
      description: 'add or remove accounts, or reset: only the owner may use it.',
    },
    projectids: {
      type: 'list',
      unsupported: { reason: 'Projects are not part of this version.' },
      description: 'Projects.',
    },
  },
  response: 'success',
})
