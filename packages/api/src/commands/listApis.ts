import { defineCommand } from '../define-command.ts'
import { apiDescriptionResponse } from '../responses/api-description.ts'

export const listApis = defineCommand({
  name: 'listApis',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '4.1.0',
  description: 'Lists the commands that the caller may use, with their parameters and the fields of their answers.',
  params: {
    name: { type: 'string', description: 'Only the command of this name.' },
  },
  response: apiDescriptionResponse,
  key: 'api',
  answersAsList: true,
  readOnly: true,
  seldomChanges: true,
})
