import { defineCommand } from '../define-command.ts'
import { userResponse } from '../responses/user.ts'

export const createUser = defineCommand({
  name: 'createUser',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '2.1.0',
  description: 'createUser.',
  params: {
    account: { type: 'string', required: true, description: 'Account that owns the object; together with domainid.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'use',
      description: 'Domain of the account, or the domain to look in.',
    },
    email: { type: 'string', required: true, description: 'Mail address.' },
    firstname: { type: 'string', required: true, description: 'First name.' },
    lastname: { type: 'string', required: true, description: 'Last name.' },
    password: {
      type: 'string',
      required: true,
      sensitive: true,
      description: 'Password; used once and stored only as a hash.',
    },
    timezone: { type: 'string', description: 'Time zone of the user, e.g. Europe/Berlin; kept for clients.' },
    username: { type: 'string', required: true, description: 'Login name.' },
    userid: { type: 'string', description: 'The user.' },
    passwordchangerequired: { type: 'boolean', since: '4.23.0', description: 'The passwordchangerequired.' },
  },
  response: userResponse,
  key: 'user',
})
