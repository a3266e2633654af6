import { defineCommand } from '../define-command.ts'
import { vlanIpRangeResponse } from '../responses/vlan-ip-range.ts'

export const updateVlanIpRange = defineCommand({
  name: 'updateVlanIpRange',
  kind: 'sync',
  roles: ['Admin'],
  event: 'VLAN.IP.RANGE.UPDATE',
  since: '4.16.0',
  description:
    'Changes an address range: the ends, unless an address in use would fall out; gateway and netmask while none is in use.',
  params: {
    id: { type: 'uuid', entity: 'VlanIpRange', access: 'operate', required: true, description: 'Range.' },
    gateway: { type: 'string', description: 'Gateway.' },
    netmask: { type: 'string', description: 'Netmask.' },
    startip: { type: 'string', description: 'First address.' },
    endip: { type: 'string', description: 'Last address.' },
    startipv6: {
      type: 'string',
      unsupported: { reason: 'IPv6 guest addresses come with networks in production form.' },
      description: 'First IPv6 address.',
    },
    endipv6: {
      type: 'string',
      unsupported: { reason: 'IPv6 guest addresses come with networks in production form.' },
      description: 'Last IPv6 address.',
    },
    ip6gateway: {
      type: 'string',
      unsupported: { reason: 'IPv6 guest addresses come with networks in production form.' },
      description: 'IPv6 gateway.',
    },
    ip6cidr: {
      type: 'string',
      unsupported: { reason: 'IPv6 guest addresses come with networks in production form.' },
      description: 'IPv6 network.',
    },
    forsystemvms: {
      type: 'boolean',
      unsupported: { reason: 'There are no system virtual machines.', accepts: ['false'] },
      description: 'Whether it is for system virtual machines.',
    },
  },
  response: vlanIpRangeResponse,
  key: 'vlan',
})
