import { defineCommand } from '../define-command.ts'
import { instanceGroupResponse } from '../responses/instance-group.ts'

export const listInstanceGroups = defineCommand({
  name: 'listInstanceGroups',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists groups of virtual machines.',
  params: {
    id: { type: 'uuid', entity: 'InstanceGroup', access: 'list', description: 'Only the object of this id.' },
    name: { type: 'string', description: 'Only the group of this name.' },
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
  response: instanceGroupResponse,
  key: 'instancegroup',
})
