import { defineResponse } from '../define-response.ts'

export const eventResponse = defineResponse({
  name: 'EventResponse',
  fields: {
    id: { type: 'string', description: 'The id.' },
    username: { type: 'string', description: 'The username.' },
    type: { type: 'string', description: 'The type.' },
    level: { type: 'string', description: 'The level.' },
    description: { type: 'string', description: 'The description.' },
    account: { type: 'string', description: 'The account.' },
    projectid: { type: 'string', description: 'The projectid.' },
    project: { type: 'string', description: 'The project.' },
    domainid: { type: 'string', description: 'The domainid.' },
    domain: { type: 'string', description: 'The domain.' },
    domainpath: { type: 'string', since: '4.19.2.0', description: 'The domainpath.' },
    resourceid: { type: 'string', since: '4.17.0', description: 'The resourceid.' },
    resourcetype: { type: 'string', since: '4.17.0', description: 'The resourcetype.' },
    resourcename: { type: 'string', since: '4.17.0', description: 'The resourcename.' },
    created: { type: 'date', description: 'The created.' },
    state: { type: 'string', description: 'The state.' },
    parentid: { type: 'string', description: 'The parentid.' },
    archived: { type: 'boolean', description: 'The archived.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
