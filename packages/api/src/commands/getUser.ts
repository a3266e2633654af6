import { defineCommand } from '../define-command.ts'
import { userResponse } from '../responses/user.ts'

export const getUser = defineCommand({
  name: 'getUser',
  kind: 'sync',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'Finds the user of an API key.',
  params: {
    userapikey: { type: 'string', required: true, sensitive: true, description: 'API key to look for.' },
  },
  response: userResponse,
  key: 'user',
  readOnly: true,
})
