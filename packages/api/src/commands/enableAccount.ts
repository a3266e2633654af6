import { defineCommand } from '../define-command.ts'
import { accountResponse } from '../responses/account.ts'

export const enableAccount = defineCommand({
  name: 'enableAccount',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'ACCOUNT.ENABLE',
  since: '2.1.0',
  description: 'Enables an account that was disabled or locked. Its virtual machines are not started.',
  params: {
    id: { type: 'uuid', entity: 'Account', access: 'operate', description: 'The account.' },
    account: { type: 'string', description: 'Its name, with domainid; instead of id.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'operate',
      description: 'Domain of the account that is named.',
    },
  },
  response: accountResponse,
  key: 'account',
})
