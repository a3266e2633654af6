import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { networkOfferingResponse } from '../responses/network-offering.ts'

export const listNetworkOfferings = defineCommand({
  name: 'listNetworkOfferings',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists network offerings.',
  params: {
    id: { type: 'uuid', entity: 'NetworkOffering', access: 'list', description: 'Only the object of this id.' },
    name: { type: 'string', description: 'Only those of this name.' },
    displaytext: { type: 'string', description: 'Only the offering with this text.' },
    traffictype: { type: 'string', description: 'Only those for this kind of traffic.' },
    isdefault: { type: 'boolean', description: 'Only default ones, or only others.' },
    specifyvlan: { type: 'boolean', description: 'Only those that do, or do not, take a VLAN from the caller.' },
    availability: { type: 'string', description: 'Optional, Required or Unavailable.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      since: '4.13',
      description: 'Only offerings that this domain may use.',
    },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those in this zone.' },
    state: { type: 'string', values: ['Enabled', 'Disabled'], description: 'Enabled or Disabled.' },
    networkid: {
      type: 'uuid',
      entity: 'Network',
      access: 'list',
      description: 'Offerings that this network could change to.',
    },
    guestiptype: { type: 'string', values: ['Isolated', 'Shared', 'L2'], description: 'Isolated, Shared or L2.' },
    supportedservices: { type: 'list', items: 'string', description: 'Only those that offer all of these services.' },
    sourcenatsupported: { type: 'boolean', description: 'Only those that do, or do not, offer source NAT.' },
    specifyipranges: {
      type: 'boolean',
      description: 'Only those that do, or do not, take address ranges from the caller.',
    },
    tags: { type: 'string', maxLength: 4096, description: 'Only those with these tags.' },
    istagged: { type: 'boolean', description: 'Only those that have tags, or have none.' },
    forvpc: { type: 'boolean', description: 'Only those for VPC tiers, or only others.' },
    routingmode: { type: 'string', since: '4.20.0', description: 'Static or Dynamic.' },
    ...namePaging,
  },
  response: networkOfferingResponse,
  key: 'networkoffering',
})
