import { defineCommand } from '../define-command.ts'
import { networkAclListResponse } from '../responses/network-acl-list.ts'

export const listNetworkACLLists = defineCommand({
  name: 'listNetworkACLLists',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists access lists of VPCs. There are no VPCs in this version, so the list is empty.',
  params: {
    id: { type: 'uuid', description: 'Only the object of this id.' },
    networkid: { type: 'uuid', entity: 'Network', access: 'list', description: 'Only the one of this network.' },
    vpcid: { type: 'uuid', description: 'Only those of this VPC.' },
    name: { type: 'string', description: 'Only those of this name.' },
    fordisplay: { type: 'boolean', since: '4.4', description: 'Only those that users see, or only others.' },
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
  response: networkAclListResponse,
  key: 'networkacllist',
})
