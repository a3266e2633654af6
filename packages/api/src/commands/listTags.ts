import { defineCommand } from '../define-command.ts'
import { listOwnership, projectOfList } from '../params/ownership.ts'
import { paging } from '../params/paging.ts'
import { tagResponse } from '../responses/tag.ts'

export const listTags = defineCommand({
  name: 'listTags',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '4.0.0',
  description: 'Lists resource tags of objects that are there.',
  params: {
    resourcetype: { type: 'string', description: 'Only tags of this type of object.' },
    resourceid: { type: 'string', description: 'Only tags of this object.' },
    key: { type: 'string', description: 'Only tags of this key.' },
    value: { type: 'string', description: 'Only tags of this value.' },
    customer: { type: 'string', description: 'Only tags of this customer.' },
    ...projectOfList,
    ...listOwnership,
    keyword: { type: 'string', description: 'Only tags whose key or value contains this text.' },
    ...paging,
  },
  response: tagResponse,
  key: 'tag',
})
