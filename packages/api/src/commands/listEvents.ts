import { defineCommand } from '../define-command.ts'
import { eventResponse } from '../responses/event.ts'

export const listEvents = defineCommand({
  name: 'listEvents',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'listEvents.',
  params: {
    id: { type: 'uuid', description: 'Identifier of the object.' },
    duration: { type: 'integer', description: 'The duration.' },
    enddate: { type: 'date', description: 'Up to this time.' },
    entrytime: { type: 'integer', description: 'The entrytime.' },
    level: { type: 'string', description: 'The level.' },
    startdate: { type: 'date', description: 'From this time on.' },
    type: { type: 'string', description: 'Type.' },
    startid: { type: 'uuid', description: 'The startid.' },
    resourceid: { type: 'string', since: '4.17.0', description: 'Identifier of the object it is about.' },
    resourcetype: { type: 'string', since: '4.17.0', description: 'Type of the object it is about.' },
    archived: { type: 'boolean', since: '4.19.0', description: 'The archived.' },
    state: { type: 'string', since: '4.21.0', description: 'Only those in this state.' },
    projectid: { type: 'uuid', description: 'The projectid.' },
    account: { type: 'string', description: 'Account that owns the object; together with domainid.' },
    listall: { type: 'boolean', description: 'Every object the caller may see, not only its own.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      description: 'Domain of the account, or the domain to look in.',
    },
    isrecursive: { type: 'boolean', description: 'With domainid or listall: objects of the domains below too.' },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: eventResponse,
  key: 'event',
})
