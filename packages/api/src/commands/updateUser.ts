import { defineCommand } from '../define-command.ts'
import { userResponse } from '../responses/user.ts'

export const updateUser = defineCommand({
  name: 'updateUser',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'updateUser.',
  params: {
    userapikey: { type: 'string', sensitive: true, description: 'API key of the user.' },
    email: { type: 'string', description: 'Mail address.' },
    firstname: { type: 'string', description: 'First name.' },
    id: { type: 'uuid', entity: 'User', access: 'operate', required: true, description: 'Identifier of the object.' },
    lastname: { type: 'string', description: 'Last name.' },
    password: { type: 'string', sensitive: true, description: 'Password; used once and stored only as a hash.' },
    currentpassword: { type: 'string', sensitive: true, description: 'The currentpassword.' },
    usersecretkey: { type: 'string', sensitive: true, description: 'The usersecretkey.' },
    apikeyaccess: {
      type: 'string',
      since: '4.20.1.0',
      description: 'Whether API keys may be used: Enabled, Disabled or Inherit.',
    },
    timezone: { type: 'string', description: 'Time zone of the user, e.g. Europe/Berlin; kept for clients.' },
    username: { type: 'string', description: 'Login name.' },
    mandate2fa: { type: 'boolean', since: '4.18.0.0', description: 'The mandate2fa.' },
    passwordchangerequired: { type: 'boolean', since: '4.23.0', description: 'The passwordchangerequired.' },
  },
  response: userResponse,
  key: 'user',
})
