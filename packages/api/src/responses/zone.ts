import { defineResponse } from '../define-response.ts'
import { capacityResponse } from './capacity.ts'
import { tagResponse } from './tag.ts'

export const zoneResponse = defineResponse({
  name: 'ZoneResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    name: { type: 'string', description: 'Name.' },
    description: { type: 'string', description: 'Text shown to people.' },
    dns1: { type: 'string', roles: ['Admin'], description: 'First name server of guests.' },
    dns2: { type: 'string', roles: ['Admin'], description: 'Second name server of guests.' },
    ip6dns1: { type: 'string', roles: ['Admin'], description: 'First IPv6 name server.' },
    ip6dns2: { type: 'string', roles: ['Admin'], description: 'Second IPv6 name server.' },
    internaldns1: { type: 'string', roles: ['Admin'], description: 'First name server of the hosts.' },
    internaldns2: { type: 'string', roles: ['Admin'], description: 'Second name server of the hosts.' },
    guestcidraddress: { type: 'string', roles: ['Admin'], description: 'Guest network in CIDR form.' },
    displaytext: { type: 'string', description: 'Text shown to people.' },
    domain: { type: 'string', description: 'DNS domain of guests.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domainname: { type: 'string', description: 'Domain that alone may use it.' },
    networktype: { type: 'string', description: 'Basic or Advanced.' },
    securitygroupsenabled: { type: 'boolean', description: 'Whether security groups are used.' },
    allocationstate: { type: 'string', description: 'Enabled or Disabled.' },
    dhcpprovider: { type: 'string', roles: ['Admin'], description: 'Who answers DHCP.' },
    capacity: {
      type: 'list',
      roles: ['Admin'],
      of: capacityResponse,
      description: 'Capacity figures; with showcapacities.',
    },
    localstorageenabled: { type: 'boolean', description: 'Whether disks on local storage are allowed.' },
    tags: { type: 'set', of: tagResponse, since: '4.3', description: 'Resource tags.' },
    resourcedetails: { type: 'map', roles: ['Admin'], since: '4.3.0', description: 'Free key and value pairs.' },
    type: { type: 'string', since: '4.18.0', description: 'Core or Edge.' },
    ismultiarch: {
      type: 'boolean',
      since: '4.20',
      description: 'Whether the zone has hosts of several architectures.',
    },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
    storageaccessgroups: {
      type: 'string',
      since: '4.21.0',
      description: 'Storage access groups, separated by commas.',
    },
  },
})
