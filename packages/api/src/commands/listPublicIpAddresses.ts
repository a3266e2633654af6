import { defineCommand } from '../define-command.ts'
import { listOwnership, projectOfList } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
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
    id: { type: 'uuid', description: 'Only the object of this id.' },
    ipaddress: { type: 'string', description: 'Only this address.' },
    vlanid: { type: 'uuid', entity: 'VlanIpRange', access: 'list', description: 'Only those of this range.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those in this zone.' },
    forloadbalancing: { type: 'boolean', description: 'Only those for load balancing.' },
    physicalnetworkid: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'list',
      description: 'Only those of this physical network.',
    },
    associatednetworkid: {
      type: 'uuid',
      entity: 'Network',
      access: 'list',
      description: 'Only those of this network.',
    },
    networkid: {
      type: 'uuid',
      entity: 'Network',
      access: 'list',
      since: '4.13.0',
      description: 'Only those of this network.',
    },
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
    ...projectOfList,
    ...listOwnership,
    ...namePaging,
  },
  response: publicIpAddressResponse,
  key: 'publicipaddress',
})
