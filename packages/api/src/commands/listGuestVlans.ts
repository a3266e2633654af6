import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { guestVlanResponse } from '../responses/guest-vlan.ts'

export const listGuestVlans = defineCommand({
  name: 'listGuestVlans',
  kind: 'list',
  roles: ['Admin'],
  since: '4.17.0',
  description: 'Lists VLAN and VXLAN ids that networks have, and ids of ranges that are free.',
  params: {
    id: { type: 'long', description: 'Only the one of this id.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those in this zone.' },
    physicalnetworkid: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'list',
      description: 'Only those of this physical network.',
    },
    vnet: { type: 'string', description: 'Only this VLAN or VXLAN id.' },
    allocatedonly: { type: 'boolean', description: 'Only those in use.' },
    ...namePaging,
  },
  response: guestVlanResponse,
  key: 'guestvlan',
})
