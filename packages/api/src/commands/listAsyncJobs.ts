import { defineCommand } from '../define-command.ts'
import { listOwnership } from '../params/ownership.ts'
import { paging } from '../params/paging.ts'
import { asyncJobResponse } from '../responses/async-job.ts'

export const listAsyncJobs = defineCommand({
  name: 'listAsyncJobs',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists jobs, the finished ones until they are purged.',
  params: {
    startdate: { type: 'date', description: 'Jobs created from this time on.' },
    managementserverid: {
      type: 'uuid',
      since: '4.19',
      unsupported: { reason: "A job is no server's own: whichever server is free takes its next step." },
      description: 'Only those of this management server.',
    },
    resourceid: { type: 'string', since: '4.22.1', description: 'Only jobs of this object.' },
    resourcetype: {
      type: 'string',
      since: '4.22.1',
      description: 'Only jobs of this type of object, e.g. VirtualMachine.',
    },
    ...listOwnership,
    keyword: { type: 'string', description: 'Only jobs whose command contains this text.' },
    ...paging,
  },
  response: asyncJobResponse,
  key: 'asyncjobs',
})
