import { defineCommand } from '../define-command.ts'
import { projectResponse } from '../responses/project.ts'

export const listProjects = defineCommand({
  name: 'listProjects',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '3.0.0',
  description: 'Lists projects. There are none in this version, so the list is empty.',
  params: {
    id: { type: 'uuid', description: 'Only the object of this id.' },
    name: { type: 'string', description: 'Only those of this name.' },
    displaytext: { type: 'string', description: 'Only the project with this text.' },
    state: { type: 'string', description: 'Only those in this state.' },
    tags: {
      type: 'map',
      fields: { key: true, value: true },
      description:
        'Only objects with these tags, as tags[0].key and tags[0].value; no object carries a tag yet, so the answer is empty.',
    },
    username: { type: 'string', description: 'Only projects of this user.' },
    details: {
      type: 'list',
      items: 'string',
      values: ['all', 'resource', 'min'],
      description: 'Groups of fields to fill: all, resource, min.',
    },
    showicon: { type: 'boolean', description: 'Add the icon of each; there are none yet, so it changes nothing.' },
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
  response: projectResponse,
  key: 'project',
})
