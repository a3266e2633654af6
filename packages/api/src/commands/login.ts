import { defineCommand } from '../define-command.ts'
import { loginResponse } from '../responses/login.ts'

export const login = defineCommand({
  name: 'login',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'login.',
  params: {
    username: { type: 'string', required: true, description: 'Login name.' },
    password: {
      type: 'string',
      required: true,
      sensitive: true,
      description: 'Password; used once and stored only as a hash.',
    },
    domain: { type: 'string', description: 'The domain.' },
    domainId: { type: 'long', description: 'The domainId.' },
  },
  response: loginResponse,
})
