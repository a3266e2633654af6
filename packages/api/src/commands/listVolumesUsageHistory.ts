import { defineCommand } from '../define-command.ts'
import { volumeMetricsStatsResponse } from '../responses/stats-history.ts'

export const listVolumesUsageHistory = defineCommand({
  name: 'listVolumesUsageHistory',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['ResourceAdmin', 'DomainAdmin', 'User'],
  since: '4.18.0',
  description: 'Lists what volumes used over time.',
  params: {
    id: { type: 'uuid', entity: 'Volume', access: 'list', description: 'Only the object of this id.' },
    ids: {
      type: 'list',
      items: 'uuid',
      entity: 'Volume',
      access: 'list',
      description: 'Only the objects of these ids, separated by commas; not together with id.',
    },
    name: { type: 'string', description: 'Only those of this name.' },
    startdate: { type: 'date', description: 'What was before is left out; a week ago unless given.' },
    enddate: { type: 'date', description: 'What came after is left out.' },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: volumeMetricsStatsResponse,
  key: 'volume',
})
