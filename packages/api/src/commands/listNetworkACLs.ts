import { defineCommand } from '../define-command.ts'
import { networkAclResponse } from '../responses/network-acl.ts'

export const listNetworkACLs = defineCommand({
  name: 'listNetworkACLs',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists rules of access lists. There are no VPCs in this version, so the list is empty.',
  params: {
    id: { type: 'uuid', description: 'Only the object of this id.' },
    networkid: { type: 'uuid', entity: 'Network', access: 'list', description: 'Only those of this network.' },
    traffictype: { type: 'string', description: 'Ingress or Egress.' },
    aclid: { type: 'uuid', description: 'Only those of this list.' },
    protocol: { type: 'string', description: 'Only those of this protocol.' },
    action: { type: 'string', description: 'Allow or Deny.' },
    fordisplay: { type: 'boolean', since: '4.4', description: 'Only those that users see, or only others.' },
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
  response: networkAclResponse,
  key: 'networkacl',
})
