import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { accountResponse } from '../responses/account.ts'

export const listAccounts = defineCommand({
  name: 'listAccounts',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists accounts with their resource counts and limits.',
  params: {
    accounttype: { type: 'integer', description: 'Only accounts of this type.' },
    id: { type: 'uuid', entity: 'Account', access: 'list', description: 'Only the object of this id.' },
    iscleanuprequired: { type: 'boolean', description: 'Only accounts whose clean-up is, or is not, outstanding.' },
    name: { type: 'string', description: 'Only those of this name.' },
    state: {
      type: 'string',
      values: ['enabled', 'disabled', 'locked'],
      description: 'Only accounts in this state: enabled, disabled or locked.',
    },
    details: {
      type: 'list',
      items: 'string',
      values: ['all', 'resource', 'min'],
      description: 'Groups of fields to fill: all, resource, min; all unless given.',
    },
    apikeyaccess: {
      type: 'string',
      values: ['Enabled', 'Disabled', 'Inherit'],
      since: '4.20.1.0',
      description: 'Only accounts with this API key access.',
    },
    showicon: { type: 'boolean', description: 'Add the icon of each; there are none yet, so it changes nothing.' },
    tag: { type: 'string', since: '4.20.0', description: 'Only those with this resource tag.' },
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
  response: accountResponse,
  key: 'account',
})
