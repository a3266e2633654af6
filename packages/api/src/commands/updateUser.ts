import { defineCommand } from '../define-command.ts'
import { userResponse } from '../responses/user.ts'

export const updateUser = defineCommand({
  name: 'updateUser',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'USER.UPDATE',
  since: '2.1.0',
  description: 'Changes a user: names, mail, password, keys. Changing the own password needs the current one.',
  params: {
    userapikey: { type: 'string', sensitive: true, description: 'API key to set; together with usersecretkey.' },
    email: { type: 'string', description: 'Mail address.' },
    firstname: { type: 'string', description: 'First name.' },
    id: { type: 'uuid', entity: 'User', access: 'operate', required: true, description: 'Identifier of the object.' },
    lastname: { type: 'string', description: 'Last name.' },
    password: { type: 'string', sensitive: true, description: 'New password.' },
    currentpassword: {
      type: 'string',
      sensitive: true,
      description: 'Password so far; needed when callers change their own.',
    },
    usersecretkey: { type: 'string', sensitive: true, description: 'Secret key to set; together with userapikey.' },
    apikeyaccess: {
      type: 'string',
      values: ['Enabled', 'Disabled', 'Inherit'],
      since: '4.20.1.0',
      description: 'Whether the user may use API keys; Inherit follows the account.',
    },
    timezone: { type: 'string', description: 'Time zone of the user, e.g. Europe/Berlin; kept for clients.' },
    username: { type: 'string', description: 'New login name.' },
    mandate2fa: {
      type: 'boolean',
      since: '4.18.0.0',
      unsupported: { reason: 'Two-factor authentication is not part of this version.', accepts: ['false'] },
      description: 'Require a second factor.',
    },
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
