import { defineCommand } from '../define-command.ts'
import { apiDescriptionResponse } from '../responses/api-description.ts'

export const listApis = defineCommand({
  name: 'listApis',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '4.1.0',
  description: 'listApis.',
  params: {
    name: { type: 'string', description: 'Name.' },
  },
  response: apiDescriptionResponse,
  key: 'api',
  answersAsList: true,
})
