import { defineCommand } from '../define-command.ts'
import { accountResponse } from '../responses/account.ts'

export const disableAccount = defineCommand({
  name: 'disableAccount',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'ACCOUNT.DISABLE',
  since: '2.1.0',
  description:
    'Disables an account: nobody of it logs in, its keys are refused and its virtual machines are stopped; or only locks it.',
  params: {
    id: { type: 'uuid', entity: 'Account', access: 'operate', description: 'The account.' },
    account: { type: 'string', description: 'Its name, with domainid; instead of id.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'operate',
      description: 'Domain of the account that is named.',
    },
    lock: {
      type: 'boolean',
      required: true,
      description: 'True: lock it, so that its virtual machines run on; false: disable it and stop them.',
    },
  },
  response: accountResponse,
  key: 'account',
})
