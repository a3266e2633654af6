import { defineCommand } from '../define-command.ts'
import { userKeysResponse } from '../responses/user-keys.ts'

export const getUserKeys = defineCommand({
  name: 'getUserKeys',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['User', 'Admin', 'DomainAdmin', 'ResourceAdmin'],
  since: '4.10.0',
  description: 'Shows the API key and secret key of a user.',
  params: {
    id: { type: 'uuid', entity: 'User', access: 'operate', required: true, description: 'The user.' },
  },
  response: userKeysResponse,
  key: 'userkeys',
  readOnly: true,
})
