import { defineCommand } from '../define-command.ts'
import { userResponse } from '../responses/user.ts'

export const disableUser = defineCommand({
  name: 'disableUser',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'USER.DISABLE',
  since: '2.1.0',
  description: 'Disables a user: it cannot log in, its sessions end and its keys are refused.',
  params: {
    id: { type: 'uuid', entity: 'User', access: 'operate', required: true, description: 'The user.' },
  },
  response: userResponse,
  key: 'user',
})
