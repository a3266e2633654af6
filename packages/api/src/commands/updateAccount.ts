import { defineCommand } from '../define-command.ts'
import { accountResponse } from '../responses/account.ts'

export const updateAccount = defineCommand({
  name: 'updateAccount',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '2.1.0',
  description: 'updateAccount.',
  params: {
    id: { type: 'uuid', entity: 'Account', access: 'operate', description: 'Identifier of the object.' },
    account: { type: 'string', description: 'Account that owns the object; together with domainid.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'use',
      description: 'Domain of the account, or the domain to look in.',
    },
    roleid: { type: 'uuid', entity: 'Role', access: 'use', description: 'The role.' },
    newname: { type: 'string', description: 'The newname.' },
    networkdomain: { type: 'string', description: 'DNS domain of guests.' },
    accountdetails: { type: 'map', description: 'Free key and value pairs kept with the account.' },
    apikeyaccess: {
      type: 'string',
      since: '4.20.1.0',
      description: 'Whether API keys may be used: Enabled, Disabled or Inherit.',
    },
  },
  response: accountResponse,
  key: 'account',
})
