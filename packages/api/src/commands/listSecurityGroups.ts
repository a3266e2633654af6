import { defineCommand } from '../define-command.ts'
import { securityGroupResponse } from '../responses/security-group.ts'

export const listSecurityGroups = defineCommand({
  name: 'listSecurityGroups',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists security groups with their rules.',
  params: {
    securitygroupname: { type: 'string', description: 'Only the group of this name.' },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'list',
      description: 'Only those of this virtual machine.',
    },
    id: { type: 'uuid', entity: 'SecurityGroup', access: 'list', description: 'Only the object of this id.' },
    tags: {
      type: 'map',
      fields: { key: true, value: true },
      description: 'Only objects with one of these tags, as tags[0].key and tags[0].value.',
    },
    projectid: {
      type: 'uuid',
      unsupported: { reason: 'Projects are not part of this version.', accepts: ['-1'] },
      description: 'Only those of this project.',
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
  response: securityGroupResponse,
  key: 'securitygroup',
})
