import { defineCommand } from '../define-command.ts'
import { userResponse } from '../responses/user.ts'

export const getUser = defineCommand({
  name: 'getUser',
  kind: 'sync',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'getUser.',
  params: {
    userapikey: { type: 'string', required: true, sensitive: true, description: 'API key of the user.' },
  },
  response: userResponse,
  key: 'user',
})
