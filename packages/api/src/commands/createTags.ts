import { defineCommand } from '../define-command.ts'

export const createTags = defineCommand({
  name: 'createTags',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'CREATE_TAGS',
  since: '4.0.0',
  description: 'Hangs tags on objects. A key that is there with another value is refused: delete that tag first.',
  params: {
    tags: {
      type: 'map',
      required: true,
      fields: { key: true, value: true },
      description: 'The tags, as tags[0].key and tags[0].value.',
    },
    resourcetype: {
      type: 'string',
      required: true,
      description:
        'What the objects are: UserVm, Template, ISO, Volume, Snapshot, VMSnapshot, Network, SecurityGroup or SnapshotPolicy.',
    },
    resourceids: { type: 'list', items: 'string', required: true, description: 'Ids of the objects.' },
    customer: { type: 'string', description: 'Customer that the tags are kept for.' },
  },
  response: 'success',
})
