import { defineCommand } from '../define-command.ts'
import { apiKeyPairResponse } from '../responses/api-key-pair.ts'

export const registerUserKeys = defineCommand({
  name: 'registerUserKeys',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'registerUserKeys.',
  params: {
    id: { type: 'uuid', entity: 'User', access: 'operate', required: true, description: 'Identifier of the object.' },
    name: { type: 'string', description: 'Name.' },
    description: { type: 'string', maxLength: 1024, description: 'What it is for.' },
    startdate: { type: 'date', description: 'From this time on.' },
    enddate: { type: 'date', description: 'Up to this time.' },
    rules: { type: 'map', description: 'The rules.' },
  },
  response: apiKeyPairResponse,
  key: 'userkeys',
})
