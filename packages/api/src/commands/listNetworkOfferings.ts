import { defineCommand } from '../define-command.ts'
import { networkOfferingResponse } from '../responses/network-offering.ts'

export const listNetworkOfferings = defineCommand({
  name: 'listNetworkOfferings',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'listNetworkOfferings.',
  params: {
    id: { type: 'uuid', entity: 'NetworkOffering', access: 'list', description: 'Identifier of the object.' },
    name: { type: 'string', description: 'Name.' },
    displaytext: { type: 'string', description: 'Text shown to people.' },
    traffictype: { type: 'string', description: 'Kind of traffic.' },
    isdefault: { type: 'boolean', description: 'The isdefault.' },
    specifyvlan: { type: 'boolean', description: 'The specifyvlan.' },
    availability: { type: 'string', description: 'The availability.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      since: '4.13',
      description: 'Domain of the account, or the domain to look in.',
    },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'The zone.' },
    state: { type: 'string', description: 'Only those in this state.' },
    networkid: { type: 'uuid', entity: 'Network', access: 'list', description: 'The network.' },
    guestiptype: { type: 'string', description: 'The guestiptype.' },
    supportedservices: { type: 'list', items: 'string', description: 'Only those that offer all of these services.' },
    sourcenatsupported: { type: 'boolean', description: 'The sourcenatsupported.' },
    specifyipranges: {
      type: 'boolean',
      description: 'Only those that do, or do not, take address ranges from the caller.',
    },
    tags: {
      type: 'string',
      maxLength: 4096,
      description: 'Only objects with these tags, as tags[0].key and tags[0].value; none carries a tag yet.',
    },
    istagged: { type: 'boolean', description: 'The istagged.' },
    forvpc: { type: 'boolean', description: 'The forvpc.' },
    routingmode: { type: 'string', since: '4.20.0', description: 'The routingmode.' },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: networkOfferingResponse,
  key: 'networkoffering',
})
