import { defineCommand } from '../define-command.ts'
import { listOwnership } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
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
    ...listOwnership,
    ...namePaging,
  },
  response: projectResponse,
  key: 'project',
})
