import { defineResponse } from '../define-response.ts'

export const roleResponse = defineResponse({
  name: 'RoleResponse',
  fields: {
    type: { type: 'string', description: 'Type.' },
    isdefault: { type: 'boolean', description: 'Whether it is a default role, which cannot change.' },
    state: { type: 'string', description: 'State.' },
    id: { type: 'string', description: 'Id.' },
    name: { type: 'string', description: 'Name.' },
    description: { type: 'string', description: 'What it is for.' },
    ispublic: { type: 'boolean', description: 'Whether everybody sees it.' },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
  },
})
