import { defineResponse } from '../define-response.ts'

export const asyncJobResponse = defineResponse({
  name: 'AsyncJobResponse',
  fields: {
    accountid: { type: 'string', description: 'The accountid.' },
    account: { type: 'string', description: 'The account.' },
    domainid: { type: 'string', description: 'The domainid.' },
    domainpath: { type: 'string', description: 'The domainpath.' },
    userid: { type: 'string', description: 'The userid.' },
    cmd: { type: 'string', description: 'The cmd.' },
    jobprocstatus: { type: 'integer', description: 'The jobprocstatus.' },
    jobresultcode: { type: 'integer', description: 'The jobresultcode.' },
    jobresulttype: { type: 'string', description: 'The jobresulttype.' },
    jobresult: { type: 'object', description: 'The jobresult.' },
    jobinstancetype: { type: 'string', description: 'The jobinstancetype.' },
    jobinstanceid: { type: 'string', description: 'The jobinstanceid.' },
    managementserverid: { type: 'string', since: '4.19', description: 'The managementserverid.' },
    managementservername: { type: 'string', since: '4.21.0', description: 'The managementservername.' },
    created: { type: 'date', description: 'The created.' },
    completed: { type: 'date', description: 'The completed.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
