import { defineResponse } from '../define-response.ts'

export const baseRolePermissionResponse = defineResponse({
  name: 'BaseRolePermissionResponse',
  fields: {
    rule: { type: 'string', description: 'The rule.' },
    permission: { type: 'string', description: 'The permission.' },
    description: { type: 'string', description: 'The description.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
