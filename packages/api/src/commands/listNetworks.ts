import { defineCommand } from '../define-command.ts'
import { listOwnership, projectOfList } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
import { networkResponse } from '../responses/network.ts'

export const listNetworks = defineCommand({
  name: 'listNetworks',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists networks that the caller may use.',
  params: {
    id: { type: 'uuid', entity: 'Network', access: 'list', description: 'Only the object of this id.' },
    name: { type: 'string', since: '4.22.0', description: 'Only those of this name.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those in this zone.' },
    type: { type: 'string', values: ['Isolated', 'Shared', 'L2'], description: 'Isolated, Shared or L2.' },
    issystem: { type: 'boolean', description: 'Only system networks, or only others.' },
    acltype: {
      type: 'string',
      values: ['Domain', 'Account'],
      description: 'Only networks for a Domain or an Account.',
    },
    traffictype: { type: 'string', description: 'Only those for this kind of traffic.' },
    physicalnetworkid: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'list',
      description: 'Only those of this physical network.',
    },
    supportedservices: { type: 'list', items: 'string', description: 'Only those that offer all of these services.' },
    restartrequired: { type: 'boolean', description: 'Only those that do, or do not, need a restart.' },
    specifyipranges: {
      type: 'boolean',
      description: 'Only those that do, or do not, take address ranges from the caller.',
    },
    vpcid: {
      type: 'uuid',
      unsupported: { reason: 'VPCs are not part of this version.' },
      description: 'VPC of the tiers.',
    },
    canusefordeploy: { type: 'boolean', description: 'Only those that new virtual machines can use.' },
    forvpc: { type: 'boolean', description: 'Only tiers of VPCs, or only others.' },
    displaynetwork: {
      type: 'boolean',
      since: '4.4',
      description: 'Only those that users see, or do not; root admins only.',
    },
    networkofferingid: {
      type: 'uuid',
      entity: 'NetworkOffering',
      access: 'list',
      description: 'Only networks of this offering.',
    },
    associatednetworkid: {
      type: 'uuid',
      entity: 'Network',
      access: 'list',
      since: '4.17.0',
      unsupported: { reason: 'It needs routed or isolated networks, which come with networks in production form.' },
      description: 'Only networks that belong to this one.',
    },
    showicon: { type: 'boolean', description: 'Add the icon of each; there are none yet, so it changes nothing.' },
    networkfilter: {
      type: 'string',
      values: ['account', 'domain', 'accountdomain', 'shared', 'all'],
      since: '4.17.0',
      description: 'account, domain, accountdomain, shared or all.',
    },
    retrieveonlyresourcecount: { type: 'boolean', description: 'Answer only the number of objects.' },
    tags: {
      type: 'map',
      fields: { key: true, value: true },
      description: 'Only objects with one of these tags, as tags[0].key and tags[0].value.',
    },
    ...projectOfList,
    ...listOwnership,
    ...namePaging,
    vlan: {
      type: 'string',
      roles: ['Admin'],
      since: '4.17.0',
      description: 'Only the network with this VLAN, or untagged.',
    },
  },
  response: networkResponse,
  key: 'network',
})
