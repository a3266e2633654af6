import { defineCommand } from '../define-command.ts'
import { accountResponse } from '../responses/account.ts'

export const updateAccount = defineCommand({
  name: 'updateAccount',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'ACCOUNT.UPDATE',
  since: '2.1.0',
  description: 'Changes name, role, details or API key access of an account, named by id or by account and domainid.',
  params: {
    id: { type: 'uuid', entity: 'Account', access: 'operate', description: 'Identifier of the object.' },
    account: { type: 'string', description: 'Name of the account to change, with domainid; instead of id.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'operate', description: 'Domain of the account to change.' },
    roleid: { type: 'uuid', entity: 'Role', access: 'use', description: 'New role.' },
    newname: { type: 'string', description: 'New name.' },
    networkdomain: { type: 'string', description: 'DNS domain of guests.' },
    accountdetails: { type: 'map', description: 'Free key and value pairs kept with the account.' },
    apikeyaccess: {
      type: 'string',
      values: ['Enabled', 'Disabled', 'Inherit'],
      since: '4.20.1.0',
      description: 'Whether the users of the account may use API keys; Inherit follows the setting api.key.access.',
    },
  },
  response: accountResponse,
  key: 'account',
})
