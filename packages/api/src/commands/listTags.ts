import { defineCommand } from '../define-command.ts'
import { tagResponse } from '../responses/tag.ts'

export const listTags = defineCommand({
  name: 'listTags',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '4.0.0',
  description: 'Lists resource tags of objects that are there.',
  params: {
    resourcetype: { type: 'string', description: 'Only tags of this type of object.' },
    resourceid: { type: 'string', description: 'Only tags of this object.' },
    key: { type: 'string', description: 'Only tags of this key.' },
    value: { type: 'string', description: 'Only tags of this value.' },
    customer: { type: 'string', description: 'Only tags of this customer.' },
    projectid: {
      type: 'uuid',
      unsupported: { reason: 'Projects are not part of this version.', accepts: ['-1'] },
      description: 'Only those of this project.',
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
    keyword: { type: 'string', description: 'Only tags whose key or value contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: tagResponse,
  key: 'tag',
})
