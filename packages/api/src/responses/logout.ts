import { defineResponse } from '../define-response.ts'

export const logoutResponse = defineResponse({
  name: 'LogoutCmdResponse',
  fields: {
    description: { type: 'string', description: 'The description.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
