import { defineCommand } from '../define-command.ts'
import { infrastructureResponse } from '../responses/metrics.ts'

export const listInfrastructure = defineCommand({
  name: 'listInfrastructure',
  kind: 'sync',
  readOnly: true,
  roles: ['Admin'],
  since: '4.9.3',
  description: 'Counts what the infrastructure consists of.',
  params: {},
  response: infrastructureResponse,
  key: 'infrastructure',
})
