import { defineCommand } from '../define-command.ts'
import { userResponse } from '../responses/user.ts'

export const createUser = defineCommand({
  name: 'createUser',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'USER.CREATE',
  since: '2.1.0',
  description: 'Adds a user to an account.',
  params: {
    account: { type: 'string', required: true, description: 'Account of the user.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'operate',
      description: "Domain of the account; the caller's own unless given.",
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
    userid: { type: 'string', description: 'UUID to give to the user instead of a random one.' },
    passwordchangerequired: {
      type: 'boolean',
      since: '4.23.0',
      unsupported: { reason: 'A password change at the next login comes with the console.', accepts: ['false'] },
      description: 'Ask for a new password at the next login.',
    },
  },
  response: userResponse,
  key: 'user',
})
