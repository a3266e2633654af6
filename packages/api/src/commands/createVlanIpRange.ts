import { defineCommand } from '../define-command.ts'
import { vlanIpRangeResponse } from '../responses/vlan-ip-range.ts'

export const createVlanIpRange = defineCommand({
  name: 'createVlanIpRange',
  kind: 'sync',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'createVlanIpRange.',
  params: {
    account: { type: 'string', description: 'Account that owns the object; together with domainid.' },
    projectid: { type: 'uuid', description: 'The projectid.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'use',
      description: 'Domain of the account, or the domain to look in.',
    },
    endip: { type: 'string', description: 'Last address of the range.' },
    forvirtualnetwork: { type: 'boolean', description: 'The forvirtualnetwork.' },
    gateway: { type: 'string', description: 'Address of the gateway.' },
    netmask: { type: 'string', description: 'Netmask of the network.' },
    podid: { type: 'uuid', entity: 'Pod', access: 'use', description: 'The pod.' },
    startip: { type: 'string', description: 'First address of the range.' },
    vlan: { type: 'string', description: 'VLAN number or untagged.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'use', description: 'The zone.' },
    networkid: { type: 'uuid', entity: 'Network', access: 'use', description: 'The network.' },
    physicalnetworkid: { type: 'uuid', entity: 'PhysicalNetwork', access: 'use', description: 'The physical network.' },
    startipv6: { type: 'string', description: 'The startipv6.' },
    endipv6: { type: 'string', description: 'The endipv6.' },
    ip6gateway: { type: 'string', description: 'The ip6gateway.' },
    ip6cidr: { type: 'string', description: 'The ip6cidr.' },
    forsystemvms: { type: 'boolean', description: 'The forsystemvms.' },
    provider: { type: 'string', since: '4.21.0', description: 'The provider.' },
  },
  response: vlanIpRangeResponse,
  key: 'vlan',
})
