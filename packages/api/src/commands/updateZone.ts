import { defineCommand } from '../define-command.ts'
import { zoneResponse } from '../responses/zone.ts'

export const updateZone = defineCommand({
  name: 'updateZone',
  kind: 'sync',
  roles: ['Admin'],
  event: 'ZONE.EDIT',
  since: '2.1.0',
  description: 'Changes a zone.',
  params: {
    dns1: { type: 'string', description: 'First name server.' },
    dns2: { type: 'string', description: 'Second name server.' },
    ip6dns1: { type: 'string', description: 'First IPv6 name server.' },
    ip6dns2: { type: 'string', description: 'Second IPv6 name server.' },
    guestcidraddress: { type: 'string', description: 'Guest network of the zone in CIDR form.' },
    id: { type: 'uuid', entity: 'Zone', access: 'operate', required: true, description: 'The zone.' },
    internaldns1: { type: 'string', description: 'First name server of the hosts.' },
    internaldns2: { type: 'string', description: 'Second name server of the hosts.' },
    name: { type: 'string', description: 'New name.' },
    ispublic: {
      type: 'boolean',
      unsupported: {
        reason: 'Zones, networks and address ranges dedicated to one domain or account are not part of this version.',
        accepts: ['true'],
      },
      description: 'Whether every domain may use the zone.',
    },
    allocationstate: {
      type: 'string',
      values: ['Enabled', 'Disabled'],
      description: 'Enabled or Disabled. A disabled zone takes no new virtual machines from users.',
    },
    details: { type: 'map', description: 'Free key and value pairs to keep with the zone; others stay.' },
    dhcpprovider: {
      type: 'string',
      unsupported: {
        reason: 'DHCP is always answered on each host for its own guests.',
        accepts: ['VirtualRouter', 'DhcpServer'],
      },
      description: 'Who answers DHCP.',
    },
    domain: { type: 'string', description: 'DNS domain of guests in networks without their own.' },
    dnssearchorder: {
      type: 'list',
      items: 'string',
      unsupported: { reason: 'Search suffixes come with networks in production form.' },
      description: 'Suffixes that guests search.',
    },
    localstorageenabled: {
      type: 'boolean',
      description: "Whether disks on a host's own storage are allowed in the zone.",
    },
    sortkey: { type: 'integer', description: 'Place in the order of listZones; lower first.' },
  },
  response: zoneResponse,
  key: 'zone',
})
