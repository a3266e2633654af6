import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'
import { guestVlanRangeResponse } from '../responses/guest-vlan-range.ts'

export const dedicateGuestVlanRange = defineCommand({
  name: 'dedicateGuestVlanRange',
  kind: 'sync',
  roles: ['Admin'],
  event: 'GUESTVLANRANGE.DEDICATE',
  since: '2.1.0',
  description: 'Gives ids of a physical network to one account: its networks get ids from there alone, others never.',
  params: {
    vlanrange: {
      type: 'string',
      required: true,
      description: 'Range, e.g. 100-110, inside the ranges of the physical network.',
    },
    account: { type: 'string', required: true, description: 'Account; together with domainid.' },
    ...projectOfObject,
    domainid: { type: 'uuid', entity: 'Domain', access: 'use', required: true, description: 'Domain of the account.' },
    physicalnetworkid: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'operate',
      required: true,
      description: 'Physical network.',
    },
  },
  response: guestVlanRangeResponse,
  key: 'dedicatedguestvlanrange',
})
