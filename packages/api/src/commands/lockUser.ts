import { defineCommand } from '../define-command.ts'
import { userResponse } from '../responses/user.ts'

export const lockUser = defineCommand({
  name: 'lockUser',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'USER.LOCK',
  since: '2.1.0',
  description: 'Locks an enabled user: it cannot log in, its sessions end and its keys are refused.',
  params: {
    id: { type: 'uuid', entity: 'User', access: 'operate', required: true, description: 'The user.' },
  },
  response: userResponse,
  key: 'user',
})
