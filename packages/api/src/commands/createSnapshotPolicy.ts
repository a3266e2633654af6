import { defineCommand } from '../define-command.ts'
import { snapshotPolicyResponse } from '../responses/snapshot-policy.ts'

export const createSnapshotPolicy = defineCommand({
  name: 'createSnapshotPolicy',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'SNAPSHOTPOLICY.CREATE',
  since: '2.1.0',
  description:
    'Takes snapshots of a volume by a schedule and keeps the newest; a policy of the same interval is replaced. What was missed while nothing ran is made up for once.',
  params: {
    intervaltype: {
      type: 'string',
      required: true,
      values: ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY'],
      description: 'HOURLY, DAILY, WEEKLY or MONTHLY.',
    },
    maxsnaps: {
      type: 'integer',
      required: true,
      min: 1,
      description: 'Snapshots that are kept, at most snapshot.max.hourly, .daily, .weekly or .monthly.',
    },
    schedule: {
      type: 'string',
      required: true,
      description: 'Hourly MM, daily MM:HH, weekly MM:HH:D with 1 for Sunday to 7, monthly MM:HH:DD with 1 to 28.',
    },
    timezone: { type: 'string', required: true, description: 'Time zone of the schedule, such as Europe/Berlin.' },
    volumeid: { type: 'uuid', entity: 'Volume', access: 'operate', required: true, description: 'The volume.' },
    fordisplay: {
      type: 'boolean',
      roles: ['Admin'],
      since: '4.4',
      description: 'Whether its owner sees it; root admins only.',
    },
    tags: {
      type: 'map',
      fields: { key: true, value: true },
      description: 'Resource tags that it gets, as tags[0].key and tags[0].value.',
    },
    zoneids: {
      type: 'list',
      unsupported: { reason: 'Snapshots serve every zone from the store of the server.' },
      description: 'Zones to copy them to.',
    },
    storageids: {
      type: 'list',
      since: '4.21.0',
      unsupported: { reason: 'There is one image store, that of the server.' },
      description: 'Storage pools to keep them on.',
    },
    usestoragereplication: {
      type: 'boolean',
      since: '4.21.0',
      unsupported: { reason: 'There is one image store, that of the server.', accepts: ['false'] },
      description: 'Let storage copy them.',
    },
  },
  response: snapshotPolicyResponse,
  key: 'snapshotpolicy',
})
