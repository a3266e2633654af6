import { defineCommand } from '../define-command.ts'
import { accountResponse } from '../responses/account.ts'

export const createAccount = defineCommand({
  name: 'createAccount',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'ACCOUNT.CREATE',
  since: '2.1.0',
  description: 'Creates an account with its first user.',
  params: {
    account: { type: 'string', description: 'Name of the account; the login name unless given.' },
    accounttype: {
      type: 'integer',
      min: 0,
      max: 3,
      description: '0 user, 1 root admin, 2 domain admin; needed unless roleid is given.',
    },
    roleid: {
      type: 'uuid',
      entity: 'Role',
      access: 'use',
      description: 'Role of the account; the default role of the account type unless given.',
    },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'operate',
      description: "Domain of the account; the caller's own unless given.",
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
    accountid: { type: 'string', description: 'UUID to give to the account instead of a random one.' },
    userid: { type: 'string', description: 'UUID to give to the user instead of a random one.' },
  },
  response: accountResponse,
  key: 'account',
})
