import { defineResponse } from '../define-response.ts'

export const rolePermissionResponse = defineResponse({
  name: 'RolePermissionResponse',
  fields: {
    id: { type: 'string', description: 'The id.' },
    roleid: { type: 'string', description: 'The roleid.' },
    rolename: { type: 'string', description: 'The rolename.' },
    rule: { type: 'string', description: 'The rule.' },
    permission: { type: 'string', description: 'The permission.' },
    description: { type: 'string', description: 'The description.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
