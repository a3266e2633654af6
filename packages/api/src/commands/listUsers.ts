import { defineCommand } from '../define-command.ts'
import { userResponse } from '../responses/user.ts'

export const listUsers = defineCommand({
  name: 'listUsers',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'listUsers.',
  params: {
    accounttype: { type: 'integer', description: 'The accounttype.' },
    id: { type: 'uuid', entity: 'User', access: 'list', description: 'Identifier of the object.' },
    state: { type: 'string', description: 'Only those in this state.' },
    username: { type: 'string', description: 'Login name.' },
    apikeyaccess: {
      type: 'string',
      since: '4.20.1.0',
      description: 'Whether API keys may be used: Enabled, Disabled or Inherit.',
    },
    showicon: { type: 'boolean', description: 'Add the icon of each; there are none yet, so it changes nothing.' },
    usersource: { type: 'string', since: '4.21.0.0', description: 'The usersource.' },
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
  response: userResponse,
  key: 'user',
})
