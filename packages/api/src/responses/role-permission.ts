import { defineResponse } from '../define-response.ts'

export const rolePermissionResponse = defineResponse({
  name: 'RolePermissionResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    roleid: { type: 'string', description: 'Id of the role.' },
    rolename: { type: 'string', description: 'Name of the role.' },
    rule: { type: 'string', description: 'Command name or pattern.' },
    permission: { type: 'string', description: 'allow or deny.' },
    description: { type: 'string', description: 'What it is for.' },
  },
})
