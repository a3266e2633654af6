import { defineCommand } from '../define-command.ts'
import { alertResponse } from '../responses/alert.ts'

export const listAlerts = defineCommand({
  name: 'listAlerts',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin'],
  since: '2.1.0',
  description: 'listAlerts.',
  params: {
    id: { type: 'uuid', description: 'Identifier of the object.' },
    type: { type: 'string', description: 'Type.' },
    name: { type: 'string', since: '4.3', description: 'Name.' },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: alertResponse,
  key: 'alert',
})
