import { defineResponse } from '../define-response.ts'

export const eventResponse = defineResponse({
  name: 'EventResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    username: { type: 'string', description: 'Login name.' },
    type: { type: 'string', description: 'Type.' },
    level: { type: 'string', description: 'Severity.' },
    description: { type: 'string', description: 'What happened.' },
    account: { type: 'string', description: 'Account of who caused it.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domain: { type: 'string', description: 'Name of the domain.' },
    domainpath: { type: 'string', since: '4.19.2.0', description: 'Path of the domain, e.g. ROOT/a.' },
    resourceid: { type: 'string', since: '4.17.0', description: 'Id of the object.' },
    resourcetype: { type: 'string', since: '4.17.0', description: 'Type of the object.' },
    resourcename: { type: 'string', since: '4.17.0', description: 'Name of the object.' },
    created: { type: 'date', description: 'When it was created.' },
    state: { type: 'string', description: 'Created, Scheduled, Started or Completed.' },
    parentid: { type: 'string', description: 'Id of the event that began it.' },
    archived: { type: 'boolean', description: 'Whether it is archived.' },
  },
})
