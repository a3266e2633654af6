import { defineCommand } from '../define-command.ts'
import { loginResponse } from '../responses/login.ts'

export const login = defineCommand({
  name: 'login',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'USER.LOGIN',
  since: '2.1.0',
  description:
    'Logs a user in and starts a session: cookies JSESSIONID and sessionkey, which both come with every later request.',
  params: {
    username: { type: 'string', required: true, description: 'Login name, unique in its domain.' },
    password: { type: 'string', required: true, sensitive: true, description: 'Password of the user.' },
    domain: { type: 'string', description: 'Path of the domain, e.g. /customers/a; ROOT unless given.' },
    domainId: { type: 'string', description: 'Id of the domain, instead of domain.' },
  },
  response: loginResponse,
  anonymous: true,
  session: true,
  postOnly: true,
})
