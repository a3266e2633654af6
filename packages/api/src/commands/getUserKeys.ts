import { defineCommand } from '../define-command.ts'
import { userKeysResponse } from '../responses/user-keys.ts'

export const getUserKeys = defineCommand({
  name: 'getUserKeys',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['User', 'Admin', 'DomainAdmin', 'ResourceAdmin'],
  since: '4.10.0',
  description: 'getUserKeys.',
  params: {
    id: { type: 'uuid', entity: 'User', access: 'list', required: true, description: 'Identifier of the object.' },
  },
  response: userKeysResponse,
  key: 'userkeys',
})
