import { defineResponse } from '../define-response.ts'

export const logoutResponse = defineResponse({
  name: 'LogoutCmdResponse',
  fields: {
    description: { type: 'string', description: 'success.' },
  },
})
