import { defineCommand } from '../define-command.ts'
import { accountResponse } from '../responses/account.ts'

export const createAccount = defineCommand({
  name: 'createAccount',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '2.1.0',
  description: 'createAccount.',
  params: {
    account: { type: 'string', description: 'Account that owns the object; together with domainid.' },
    accounttype: { type: 'integer', description: 'The accounttype.' },
    roleid: { type: 'uuid', entity: 'Role', access: 'use', description: 'The role.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'use',
      description: 'Domain of the account, or the domain to look in.',
    },
    email: { type: 'string', required: true, description: 'Mail address.' },
    firstname: { type: 'string', required: true, description: 'First name.' },
    lastname: { type: 'string', required: true, description: 'Last name.' },
    password: {
      type: 'string',
      required: true,
      sensitive: true,
      description: 'Password; used once and stored only as a hash.',
    },
    timezone: { type: 'string', description: 'Time zone of the user, e.g. Europe/Berlin; kept for clients.' },
    username: { type: 'string', required: true, description: 'Login name.' },
    networkdomain: { type: 'string', description: 'DNS domain of guests.' },
    accountdetails: { type: 'map', description: 'Free key and value pairs kept with the account.' },
    accountid: { type: 'string', description: 'The accountid.' },
    userid: { type: 'string', description: 'The user.' },
  },
  response: accountResponse,
  key: 'account',
})
