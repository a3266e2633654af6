import { defineCommand } from '../define-command.ts'
import { trafficTypeImplementorResponse } from '../responses/traffic-type-implementor.ts'

export const listTrafficTypeImplementors = defineCommand({
  name: 'listTrafficTypeImplementors',
  kind: 'list',
  roles: ['Admin'],
  since: '3.0.0',
  description: 'Lists what carries each kind of traffic.',
  params: {
    traffictype: { type: 'string', description: 'Only the one of this kind.' },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: trafficTypeImplementorResponse,
  key: 'traffictypeimplementorresponse',
})
