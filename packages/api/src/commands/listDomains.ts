import { defineCommand } from '../define-command.ts'
import { domainResponse } from '../responses/domain.ts'

export const listDomains = defineCommand({
  name: 'listDomains',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '2.1.0',
  description: 'listDomains.',
  params: {
    id: { type: 'uuid', entity: 'Domain', access: 'list', description: 'Identifier of the object.' },
    level: { type: 'integer', description: 'The level.' },
    name: { type: 'string', description: 'Name.' },
    listall: { type: 'boolean', description: 'Every object the caller may see, not only its own.' },
    details: { type: 'list', items: 'string', description: 'Which groups of fields to fill; all by default.' },
    showicon: { type: 'boolean', description: 'Add the icon of each; there are none yet, so it changes nothing.' },
    tag: { type: 'string', since: '4.20.0', description: 'Only those with this resource tag.' },
    tags: {
      type: 'map',
      description: 'Only objects with these tags, as tags[0].key and tags[0].value; none carries a tag yet.',
    },
    projectid: { type: 'uuid', description: 'The projectid.' },
    account: { type: 'string', description: 'Account that owns the object; together with domainid.' },
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
  response: domainResponse,
  key: 'domain',
})
