import { defineCommand } from '../define-command.ts'
import { vpcResponse } from '../responses/vpc.ts'

export const listVPCs = defineCommand({
  name: 'listVPCs',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists VPCs. There are none in this version, so the list is empty.',
  params: {
    id: { type: 'uuid', description: 'Only the object of this id.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those in this zone.' },
    name: { type: 'string', description: 'Only those of this name.' },
    displaytext: { type: 'string', description: 'Only those with this text.' },
    cidr: { type: 'string', description: 'Only those of this network.' },
    vpcofferingid: { type: 'uuid', description: 'Only those of this offering.' },
    supportedservices: { type: 'list', items: 'string', description: 'Only those with all of these services.' },
    state: { type: 'string', description: 'Only those in this state.' },
    restartrequired: { type: 'boolean', description: 'Only those that need a restart, or only others.' },
    fordisplay: { type: 'boolean', since: '4.4', description: 'Only those that users see, or only others.' },
    showicon: { type: 'boolean', description: 'Show icons.' },
    tags: { type: 'map', description: 'Only those with these tags.' },
    projectid: {
      type: 'uuid',
      unsupported: { reason: 'Projects are not part of this version.', accepts: ['-1'] },
      description: 'Project of the object.',
    },
    account: { type: 'string', description: 'Only those of this account; together with domainid.' },
    listall: { type: 'boolean', description: 'Every object the caller may see, not only its own.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      description: 'Only those of this domain; with isrecursive of the domains below too.',
    },
    isrecursive: { type: 'boolean', description: 'With domainid or listall: objects of the domains below too.' },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: vpcResponse,
  key: 'vpc',
})
