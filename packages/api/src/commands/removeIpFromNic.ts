import { defineCommand } from '../define-command.ts'

export const removeIpFromNic = defineCommand({
  name: 'removeIpFromNic',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'NIC.SECONDARY.IP.UNASSIGN',
  since: '2.1.0',
  description: 'Takes another address from a NIC.',
  params: {
    id: { type: 'uuid', entity: 'NicSecondaryIp', access: 'operate', required: true, description: 'Address.' },
    accountid: {
      type: 'uuid',
      unsupported: { reason: 'The address says whose it is.' },
      description: 'Account of the address.',
    },
  },
  response: 'success',
})
