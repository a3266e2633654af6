import { defineCommand } from '../define-command.ts'
import { listOwnership, projectOfList } from '../params/ownership.ts'
import { paging } from '../params/paging.ts'
import { eventResponse } from '../responses/event.ts'

export const listEvents = defineCommand({
  name: 'listEvents',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists events: who did what to which object, and how it ended.',
  params: {
    id: { type: 'uuid', description: 'Only the object of this id.' },
    duration: { type: 'integer', description: 'With entrytime: only events that took longer than this many seconds.' },
    enddate: { type: 'date', description: 'Up to this time; a bare day means its end.' },
    entrytime: { type: 'integer', description: 'With duration: only events older than this many seconds.' },
    level: { type: 'string', values: ['INFO', 'WARN', 'ERROR'], description: 'INFO, WARN or ERROR.' },
    startdate: { type: 'date', description: 'From this time on.' },
    type: { type: 'string', description: 'Only events of this type, e.g. VM.START.' },
    startid: { type: 'uuid', description: 'Only the event with this id and those that belong to it.' },
    resourceid: { type: 'string', since: '4.17.0', description: 'Only events of this object.' },
    resourcetype: {
      type: 'string',
      since: '4.17.0',
      description: 'Only events of this type of object, e.g. VirtualMachine.',
    },
    archived: {
      type: 'boolean',
      since: '4.19.0',
      description: 'Archived events instead of the others.',
    },
    state: {
      type: 'string',
      values: ['Created', 'Scheduled', 'Started', 'Completed'],
      since: '4.21.0',
      description: 'Created, Scheduled, Started or Completed.',
    },
    ...projectOfList,
    ...listOwnership,
    keyword: { type: 'string', description: 'Only events whose type or description contains this text.' },
    ...paging,
  },
  response: eventResponse,
  key: 'event',
})
