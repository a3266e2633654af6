import { defineCommand } from '../define-command.ts'
import { templatePermissionsResponse } from '../responses/template-permissions.ts'

export const listTemplatePermissions = defineCommand({
  name: 'listTemplatePermissions',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  readOnly: true,
  description: 'Says who may use a template beside its owner.',
  params: {
    id: { type: 'uuid', entity: 'Template', access: 'operate', required: true, description: 'The template.' },
  },
  response: templatePermissionsResponse,
  key: 'templatepermission',
})
