import { defineCommand } from '../define-command.ts'
import { logoutResponse } from '../responses/logout.ts'

export const logout = defineCommand({
  name: 'logout',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'USER.LOGOUT',
  since: '2.1.0',
  description: 'Ends the session.',
  params: {},
  response: logoutResponse,
  session: true,
})
