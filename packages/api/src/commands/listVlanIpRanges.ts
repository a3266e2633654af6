import { defineCommand } from '../define-command.ts'
import { projectOfList } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
import { vlanIpRangeResponse } from '../responses/vlan-ip-range.ts'

export const listVlanIpRanges = defineCommand({
  name: 'listVlanIpRanges',
  kind: 'list',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'Lists address ranges.',
  params: {
    account: { type: 'string', description: 'Only ranges dedicated to this account; none is.' },
    ...projectOfList,
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      description: 'Only ranges dedicated to this domain; none is.',
    },
    id: { type: 'uuid', entity: 'VlanIpRange', access: 'list', description: 'Only the object of this id.' },
    podid: { type: 'uuid', entity: 'Pod', access: 'list', description: 'Only those in this pod.' },
    vlan: { type: 'string', description: 'Only ranges with this VLAN, or untagged.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those in this zone.' },
    networkid: { type: 'uuid', entity: 'Network', access: 'list', description: 'Only those of this network.' },
    forvirtualnetwork: { type: 'boolean', description: 'True: public ranges, of which there are none.' },
    physicalnetworkid: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'list',
      description: 'Only those of this physical network.',
    },
    ...namePaging,
  },
  response: vlanIpRangeResponse,
  key: 'vlaniprange',
})
