import { defineCommand } from '../define-command.ts'
import { tagResponse } from '../responses/tag.ts'

export const listTags = defineCommand({
  name: 'listTags',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '4.0.0',
  description: 'listTags.',
  params: {
    resourcetype: { type: 'string', description: 'Type of the object it is about.' },
    resourceid: { type: 'string', description: 'Identifier of the object it is about.' },
    key: { type: 'string', description: 'The key.' },
    value: { type: 'string', description: 'Value.' },
    customer: { type: 'string', description: 'The customer.' },
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
  response: tagResponse,
  key: 'tag',
})
