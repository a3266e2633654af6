import { defineResponse } from '../define-response.ts'

export const tagResponse = defineResponse({
  name: 'ResourceTagResponse',
  fields: {
    key: { type: 'string', description: 'The key.' },
    value: { type: 'string', description: 'The value.' },
    resourcetype: { type: 'string', description: 'The resourcetype.' },
    resourceid: { type: 'string', description: 'The resourceid.' },
    account: { type: 'string', description: 'The account.' },
    projectid: { type: 'string', description: 'The projectid.' },
    project: { type: 'string', description: 'The project.' },
    domainid: { type: 'string', description: 'The domainid.' },
    domain: { type: 'string', description: 'The domain.' },
    domainpath: { type: 'string', since: '4.19.2.0', description: 'The domainpath.' },
    customer: { type: 'string', description: 'The customer.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
