import { defineCommand } from '../define-command.ts'
import { nicSecondaryIpResponse } from '../responses/nic-secondary-ip.ts'

export const addIpToNic = defineCommand({
  name: 'addIpToNic',
  kind: 'create',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'NIC.SECONDARY.IP.ASSIGN',
  since: '2.1.0',
  description:
    'Gives a NIC of a Shared network another address. The guest configures it itself; its traffic is let through.',
  params: {
    nicid: { type: 'uuid', entity: 'Nic', access: 'operate', required: true, description: 'NIC.' },
    ipaddress: { type: 'string', description: 'Address; the next free one unless given.' },
    description: { type: 'string', since: '4.21.0', description: 'Text shown to people.' },
  },
  wrapper: 'addiptovmnicresponse',
  response: nicSecondaryIpResponse,
  key: 'nicsecondaryip',
})
