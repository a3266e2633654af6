import { defineResponse } from '../define-response.ts'

export const consoleSessionResponse = defineResponse({
  name: 'ConsoleSessionResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    created: { type: 'date', description: 'When it was created.' },
    domain: { type: 'string', description: 'Name of the domain.' },
    domainpath: { type: 'string', description: 'Path of the domain, e.g. ROOT/a.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    account: { type: 'string', description: 'Account of who made it.' },
    accountid: { type: 'string', description: 'Id of the account.' },
    user: { type: 'string', description: 'Login name of who made it.' },
    userid: { type: 'string', description: 'Id of the user.' },
    virtualmachineid: { type: 'string', description: 'Id of the virtual machine.' },
    virtualmachinename: { type: 'string', description: 'Name of the virtual machine.' },
    hostid: { type: 'string', roles: ['Admin'], description: 'Id of the host that it was made for.' },
    hostname: { type: 'string', roles: ['Admin'], description: 'Name of the host.' },
    acquired: { type: 'date', description: 'When the console was opened; absent: never.' },
    removed: { type: 'date', description: 'When the console ended.' },
    consoleendpointcreatoraddress: { type: 'string', description: 'Address that asked for it.' },
    clientaddress: { type: 'string', description: 'Address that opened it.' },
    kind: { type: 'string', extension: true, description: 'vnc or serial.' },
    ended: {
      type: 'string',
      extension: true,
      description:
        'Who ended it: viewer, guest, server, user (disabled), refused (another user), or the code of what failed.',
    },
  },
})
