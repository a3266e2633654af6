import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { userResponse } from '../responses/user.ts'

export const listUsers = defineCommand({
  name: 'listUsers',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists users of the accounts that the caller may see.',
  params: {
    accounttype: { type: 'integer', description: 'Only users of accounts of this type.' },
    id: { type: 'uuid', entity: 'User', access: 'list', description: 'Only the object of this id.' },
    state: {
      type: 'string',
      values: ['enabled', 'disabled', 'locked'],
      description: 'Only users in this state: enabled, disabled or locked.',
    },
    username: { type: 'string', description: 'Only the user of this login name.' },
    apikeyaccess: {
      type: 'string',
      values: ['Enabled', 'Disabled', 'Inherit'],
      since: '4.20.1.0',
      description: 'Only users with this API key access.',
    },
    showicon: { type: 'boolean', description: 'Add the icon of each; there are none yet, so it changes nothing.' },
    usersource: {
      type: 'string',
      values: ['native', 'ldap', 'saml2'],
      since: '4.21.0.0',
      description: 'Only users from this source; all are native here.',
    },
    account: { type: 'string', description: 'Only users of this account.' },
    listall: { type: 'boolean', description: 'Every object the caller may see, not only its own.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      description: 'Only those of this domain; with isrecursive of the domains below too.',
    },
    isrecursive: { type: 'boolean', description: 'With domainid or listall: objects of the domains below too.' },
    ...namePaging,
  },
  response: userResponse,
  key: 'user',
})
