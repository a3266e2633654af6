import { defineCommand } from '../define-command.ts'
import { zoneResponse } from '../responses/zone.ts'

export const createZone = defineCommand({
  name: 'createZone',
  kind: 'sync',
  roles: ['Admin'],
  event: 'ZONE.CREATE',
  since: '2.1.0',
  description: 'Creates a zone. Its pods, networks and storage follow with their own commands.',
  params: {
    dns1: { type: 'string', required: true, description: 'First name server.' },
    dns2: { type: 'string', description: 'Second name server.' },
    ip6dns1: { type: 'string', description: 'First IPv6 name server.' },
    ip6dns2: { type: 'string', description: 'Second IPv6 name server.' },
    guestcidraddress: { type: 'string', description: 'Guest network of the zone in CIDR form.' },
    internaldns1: { type: 'string', required: true, description: 'First name server of the hosts.' },
    internaldns2: { type: 'string', description: 'Second name server of the hosts.' },
    name: { type: 'string', required: true, description: 'Name, unique in the cloud.' },
    domain: { type: 'string', description: 'DNS domain of guests in networks without their own.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'use',
      unsupported: {
        reason: 'Zones, networks and address ranges dedicated to one domain or account are not part of this version.',
      },
      description: 'Domain that alone may use the zone.',
    },
    networktype: {
      type: 'string',
      required: true,
      values: ['Basic', 'Advanced'],
      description: 'Basic or Advanced. In both, guests are on shared or L2 networks in this version.',
    },
    allocationstate: {
      type: 'string',
      values: ['Enabled', 'Disabled'],
      description: 'Enabled or Disabled; Enabled unless given.',
    },
    securitygroupenabled: {
      type: 'boolean',
      description: 'Whether security groups protect guests: networks whose offering has the service are made in it.',
    },
    localstorageenabled: {
      type: 'boolean',
      description: "Whether disks on a host's own storage are allowed in the zone.",
    },
    isedge: {
      type: 'boolean',
      since: '4.18.0',
      description: 'An edge zone; kept and answered as type Edge, it differs in nothing else here.',
    },
    storageaccessgroups: {
      type: 'list',
      items: 'string',
      since: '4.21.0',
      unsupported: { reason: 'Storage access groups come with storage in production form.' },
      description: 'Storage access groups.',
    },
  },
  response: zoneResponse,
  key: 'zone',
})
