import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
import { guestVlanRangeResponse } from '../responses/guest-vlan-range.ts'

export const listDedicatedGuestVlanRanges = defineCommand({
  name: 'listDedicatedGuestVlanRanges',
  kind: 'list',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'Lists ranges that are dedicated to accounts.',
  params: {
    id: { type: 'uuid', entity: 'GuestVlanRange', access: 'list', description: 'Only the object of this id.' },
    account: { type: 'string', description: 'Only those of this account; together with domainid.' },
    ...projectOfObject,
    domainid: { type: 'uuid', entity: 'Domain', access: 'list', description: 'Only those of this domain.' },
    guestvlanrange: { type: 'string', description: 'Only those that begin or end with this, or are it.' },
    physicalnetworkid: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'list',
      description: 'Only those of this physical network.',
    },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those in this zone.' },
    ...namePaging,
  },
  response: guestVlanRangeResponse,
  key: 'dedicatedguestvlanrange',
})
