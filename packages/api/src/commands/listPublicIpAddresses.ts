import { defineCommand } from '../define-command.ts'
import { publicIpAddressResponse } from '../responses/public-ip-address.ts'

export const listPublicIpAddresses = defineCommand({
  name: 'listPublicIpAddresses',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists public addresses. There are none in this version, so the list is empty.',
  params: {
    allocatedonly: { type: 'boolean', description: 'Only those that somebody has.' },
    state: { type: 'string', description: 'Only those in this state.' },
    forvirtualnetwork: { type: 'boolean', description: 'Only those for isolated networks.' },
    id: { type: 'uuid', description: 'Identifier of the object.' },
    ipaddress: { type: 'string', description: 'Only this address.' },
    vlanid: { type: 'uuid', entity: 'VlanIpRange', access: 'list', description: 'Only those of this range.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'The zone.' },
    forloadbalancing: { type: 'boolean', description: 'Only those for load balancing.' },
    physicalnetworkid: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'list',
      description: 'The physical network.',
    },
    associatednetworkid: {
      type: 'uuid',
      entity: 'Network',
      access: 'list',
      description: 'Only those of this network.',
    },
    networkid: { type: 'uuid', entity: 'Network', access: 'list', since: '4.13.0', description: 'The network.' },
    issourcenat: { type: 'boolean', description: 'Only source NAT addresses, or only others.' },
    isstaticnat: { type: 'boolean', description: 'Only those with static NAT.' },
    vpcid: { type: 'uuid', description: 'Only those of this VPC.' },
    fordisplay: {
      type: 'boolean',
      since: '4.4',
      description: 'Only those that are, or are not, shown to their owner.',
    },
    forsystemvms: { type: 'boolean', since: '4.20.0', description: 'Only those for system virtual machines.' },
    forprovider: { type: 'boolean', since: '4.21.0', description: 'Only those for providers.' },
    retrieveonlyresourcecount: { type: 'boolean', description: 'Answer only the number of objects.' },
    tags: {
      type: 'map',
      fields: { key: true, value: true },
      description:
        'Only objects with these tags, as tags[0].key and tags[0].value; no object carries a tag yet, so the answer is empty.',
    },
    projectid: {
      type: 'uuid',
      unsupported: { reason: 'Projects are not part of this version.', accepts: ['-1'] },
      description: 'Project of the object.',
    },
    account: { type: 'string', description: 'Account that owns the object; together with domainid.' },
    listall: { type: 'boolean', description: 'Every object the caller may see, not only its own.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      description: 'Domain of the account, or the domain to look in.',
    },
    isrecursive: { type: 'boolean', description: 'With domainid or listall: objects of the domains below too.' },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: publicIpAddressResponse,
  key: 'publicipaddress',
})
