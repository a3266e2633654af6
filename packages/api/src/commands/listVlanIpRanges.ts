import { defineCommand } from '../define-command.ts'
import { vlanIpRangeResponse } from '../responses/vlan-ip-range.ts'

export const listVlanIpRanges = defineCommand({
  name: 'listVlanIpRanges',
  kind: 'list',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'Lists address ranges.',
  params: {
    account: { type: 'string', description: 'Only ranges dedicated to this account; none is.' },
    projectid: {
      type: 'uuid',
      unsupported: { reason: 'Projects are not part of this version.', accepts: ['-1'] },
      description: 'Only those of this project.',
    },
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
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: vlanIpRangeResponse,
  key: 'vlaniprange',
})
