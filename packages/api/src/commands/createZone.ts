import { defineCommand } from '../define-command.ts'
import { zoneResponse } from '../responses/zone.ts'

export const createZone = defineCommand({
  name: 'createZone',
  kind: 'sync',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'createZone.',
  params: {
    dns1: { type: 'string', required: true, description: 'First name server.' },
    dns2: { type: 'string', description: 'Second name server.' },
    ip6dns1: { type: 'string', description: 'First IPv6 name server.' },
    ip6dns2: { type: 'string', description: 'Second IPv6 name server.' },
    guestcidraddress: { type: 'string', description: 'Guest network of the zone in CIDR form.' },
    internaldns1: { type: 'string', required: true, description: 'First name server of the hosts.' },
    internaldns2: { type: 'string', description: 'Second name server of the hosts.' },
    name: { type: 'string', required: true, description: 'Name.' },
    domain: { type: 'string', description: 'The domain.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'use',
      description: 'Domain of the account, or the domain to look in.',
    },
    networktype: { type: 'string', required: true, description: 'Basic or Advanced.' },
    allocationstate: {
      type: 'string',
      description: 'Enabled or Disabled: whether new virtual machines may be placed here.',
    },
    securitygroupenabled: { type: 'boolean', description: 'The securitygroupenabled.' },
    localstorageenabled: {
      type: 'boolean',
      description: "Whether disks on a host's own storage are allowed in the zone.",
    },
    isedge: { type: 'boolean', since: '4.18.0', description: 'The isedge.' },
    storageaccessgroups: { type: 'list', items: 'string', since: '4.21.0', description: 'The storageaccessgroups.' },
  },
  response: zoneResponse,
  key: 'zone',
})
