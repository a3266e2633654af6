import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'
import { vlanIpRangeResponse } from '../responses/vlan-ip-range.ts'

export const createVlanIpRange = defineCommand({
  name: 'createVlanIpRange',
  kind: 'sync',
  roles: ['Admin'],
  event: 'VLAN.IP.RANGE.CREATE',
  since: '2.1.0',
  description: 'Adds an address range to a Shared network, or public addresses to a zone.',
  params: {
    account: {
      type: 'string',
      unsupported: {
        reason: 'Zones, networks and address ranges dedicated to one domain or account are not part of this version.',
      },
      description: 'Account that alone may use it.',
    },
    ...projectOfObject,
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'use',
      unsupported: {
        reason: 'Zones, networks and address ranges dedicated to one domain or account are not part of this version.',
      },
      description: 'Domain that alone may use it.',
    },
    endip: { type: 'string', description: 'Last address; startip unless given.' },
    forvirtualnetwork: {
      type: 'boolean',
      description:
        'Whether the addresses are public ones, for routed networks; they are kept and listed until those come.',
    },
    gateway: { type: 'string', description: "Gateway; the network's unless given." },
    netmask: { type: 'string', description: "Netmask; the network's unless given." },
    podid: { type: 'uuid', entity: 'Pod', access: 'use', description: 'Pod of the range in a Basic zone.' },
    startip: { type: 'string', description: 'First address of the range.' },
    vlan: {
      type: 'string',
      description: "Wire of the range; the network's, which it must be.",
    },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'use', description: 'Zone of the network.' },
    networkid: {
      type: 'uuid',
      entity: 'Network',
      access: 'operate',
      description: 'Shared network that the range belongs to.',
    },
    physicalnetworkid: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'use',
      description: 'Physical network of the network.',
    },
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
    provider: {
      type: 'string',
      since: '4.21.0',
      unsupported: { reason: 'External network controllers are not part of this version.' },
      description: 'Network provider.',
    },
  },
  response: vlanIpRangeResponse,
  key: 'vlan',
})
