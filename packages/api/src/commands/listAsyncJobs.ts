import { defineCommand } from '../define-command.ts'
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
    account: { type: 'string', description: 'Only those of this account; together with domainid.' },
    listall: { type: 'boolean', description: 'Every object the caller may see, not only its own.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      description: 'Only those of this domain; with isrecursive of the domains below too.',
    },
    isrecursive: { type: 'boolean', description: 'With domainid or listall: objects of the domains below too.' },
    keyword: { type: 'string', description: 'Only jobs whose command contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: asyncJobResponse,
  key: 'asyncjobs',
})
