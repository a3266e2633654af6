import { defineCommand } from '../define-command.ts'
import { userResponse } from '../responses/user.ts'

export const enableUser = defineCommand({
  name: 'enableUser',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'USER.ENABLE',
  since: '2.1.0',
  description: 'Enables a user that was disabled or locked, and forgets its wrong passwords.',
  params: {
    id: { type: 'uuid', entity: 'User', access: 'operate', required: true, description: 'The user.' },
  },
  response: userResponse,
  key: 'user',
})
