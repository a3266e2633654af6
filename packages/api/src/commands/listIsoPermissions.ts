import { defineCommand } from '../define-command.ts'
import { templatePermissionsResponse } from '../responses/template-permissions.ts'

export const listIsoPermissions = defineCommand({
  name: 'listIsoPermissions',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  readOnly: true,
  description: 'Says who may use an ISO beside its owner.',
  params: {
    id: { type: 'uuid', entity: 'Template', access: 'operate', required: true, description: 'The ISO.' },
  },
  response: templatePermissionsResponse,
  key: 'templatepermission',
  wrapper: 'listtemplatepermissionsresponse',
})
