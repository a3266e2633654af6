import { defineCommand } from '../define-command.ts'
import { accountResponse } from '../responses/account.ts'

export const lockAccount = defineCommand({
  name: 'lockAccount',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'ACCOUNT.DISABLE',
  since: '2.1.0',
  description: 'Locks an enabled account: nobody of it logs in and its keys are refused; its virtual machines run on.',
  params: {
    account: { type: 'string', required: true, description: 'Name of the account.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'operate',
      required: true,
      description: 'Domain of the account.',
    },
  },
  response: accountResponse,
  key: 'account',
})
