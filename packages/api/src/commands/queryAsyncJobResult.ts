import { defineCommand } from '../define-command.ts'
import { asyncJobResponse } from '../responses/async-job.ts'

export const queryAsyncJobResult = defineCommand({
  name: 'queryAsyncJobResult',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'queryAsyncJobResult.',
  params: {
    jobid: { type: 'uuid', entity: 'AsyncJob', access: 'list', description: 'The jobid.' },
    resourceid: { type: 'string', since: '4.22.1', description: 'Identifier of the object it is about.' },
    resourcetype: { type: 'string', since: '4.22.1', description: 'Type of the object it is about.' },
  },
  response: asyncJobResponse,
})
