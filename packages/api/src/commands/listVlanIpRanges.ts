import { defineCommand } from '../define-command.ts'
import { vlanIpRangeResponse } from '../responses/vlan-ip-range.ts'

export const listVlanIpRanges = defineCommand({
  name: 'listVlanIpRanges',
  kind: 'list',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'listVlanIpRanges.',
  params: {
    account: { type: 'string', description: 'Account that owns the object; together with domainid.' },
    projectid: { type: 'uuid', description: 'The projectid.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      description: 'Domain of the account, or the domain to look in.',
    },
    id: { type: 'uuid', entity: 'VlanIpRange', access: 'list', description: 'Identifier of the object.' },
    podid: { type: 'uuid', entity: 'Pod', access: 'list', description: 'The pod.' },
    vlan: { type: 'string', description: 'VLAN number or untagged.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'The zone.' },
    networkid: { type: 'uuid', entity: 'Network', access: 'list', description: 'The network.' },
    forvirtualnetwork: { type: 'boolean', description: 'The forvirtualnetwork.' },
    physicalnetworkid: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'list',
      description: 'The physical network.',
    },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: vlanIpRangeResponse,
  key: 'vlaniprange',
})
