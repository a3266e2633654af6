import { defineCommand } from '../define-command.ts'
import { asyncJobResponse } from '../responses/async-job.ts'

export const queryAsyncJobResult = defineCommand({
  name: 'queryAsyncJobResult',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description:
    'Tells how a job stands: jobstatus 0 pending, 1 done, 2 failed. With wait it answers as soon as the job ends.',
  params: {
    jobid: { type: 'uuid', entity: 'AsyncJob', access: 'list', description: 'The job.' },
    resourceid: {
      type: 'string',
      since: '4.22.1',
      description: 'Instead of jobid: the newest job of this object; together with resourcetype.',
    },
    resourcetype: { type: 'string', since: '4.22.1', description: 'Type of the object, e.g. VirtualMachine.' },
    wait: {
      type: 'integer',
      min: 0,
      max: 60,
      since: '0.1.0',
      extension: true,
      description:
        'Whole seconds to wait for the end of the job; when they pass, a job in flight answers jobstatus 0. Without it, the setting alto.job.query.wait.milliseconds counts.',
    },
  },
  response: asyncJobResponse,
  readOnly: true,
})
