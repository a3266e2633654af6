import { defineCommand } from '../define-command.ts'

export const deleteTags = defineCommand({
  name: 'deleteTags',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'DELETE_TAGS',
  since: '4.0.0',
  description: 'Takes tags away from objects: those named, or all of them.',
  params: {
    tags: {
      type: 'map',
      fields: { key: true, value: false },
      description: 'The tags, as tags[0].key and, where the value matters, tags[0].value; all unless given.',
    },
    resourcetype: {
      type: 'string',
      required: true,
      description:
        'What the objects are: UserVm, Template, ISO, Volume, Snapshot, VMSnapshot, Network, SecurityGroup or SnapshotPolicy.',
    },
    resourceids: { type: 'list', items: 'string', required: true, description: 'Ids of the objects.' },
  },
  response: 'success',
})
