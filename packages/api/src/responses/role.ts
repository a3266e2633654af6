import { defineResponse } from '../define-response.ts'

export const roleResponse = defineResponse({
  name: 'RoleResponse',
  fields: {
    type: { type: 'string', description: 'The type.' },
    isdefault: { type: 'boolean', description: 'The isdefault.' },
    state: { type: 'string', description: 'The state.' },
    id: { type: 'string', description: 'The id.' },
    name: { type: 'string', description: 'The name.' },
    description: { type: 'string', description: 'The description.' },
    ispublic: { type: 'boolean', description: 'The ispublic.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
