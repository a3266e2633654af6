import { defineCommand } from '../define-command.ts'
import { zoneResponse } from '../responses/zone.ts'

export const updateZone = defineCommand({
  name: 'updateZone',
  kind: 'sync',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'updateZone.',
  params: {
    dns1: { type: 'string', description: 'First name server.' },
    dns2: { type: 'string', description: 'Second name server.' },
    ip6dns1: { type: 'string', description: 'First IPv6 name server.' },
    ip6dns2: { type: 'string', description: 'Second IPv6 name server.' },
    guestcidraddress: { type: 'string', description: 'Guest network of the zone in CIDR form.' },
    id: { type: 'uuid', entity: 'Zone', access: 'operate', required: true, description: 'Identifier of the object.' },
    internaldns1: { type: 'string', description: 'First name server of the hosts.' },
    internaldns2: { type: 'string', description: 'Second name server of the hosts.' },
    name: { type: 'string', description: 'Name.' },
    ispublic: { type: 'boolean', description: 'Whether everybody sees it.' },
    allocationstate: {
      type: 'string',
      description: 'Enabled or Disabled: whether new virtual machines may be placed here.',
    },
    details: { type: 'map', description: 'Which groups of fields to fill; all by default.' },
    dhcpprovider: { type: 'string', description: 'The dhcpprovider.' },
    domain: { type: 'string', description: 'The domain.' },
    dnssearchorder: { type: 'list', items: 'string', description: 'The dnssearchorder.' },
    localstorageenabled: {
      type: 'boolean',
      description: "Whether disks on a host's own storage are allowed in the zone.",
    },
    sortkey: { type: 'integer', description: 'The sortkey.' },
  },
  response: zoneResponse,
  key: 'zone',
})
