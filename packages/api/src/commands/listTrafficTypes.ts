import { defineCommand } from '../define-command.ts'
import { trafficTypeResponse } from '../responses/traffic-type.ts'

export const listTrafficTypes = defineCommand({
  name: 'listTrafficTypes',
  kind: 'list',
  roles: ['Admin'],
  since: '3.0.0',
  description: 'Lists the kinds of traffic that a physical network carries.',
  params: {
    physicalnetworkid: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'list',
      required: true,
      description: 'The physical network.',
    },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: trafficTypeResponse,
  key: 'traffictype',
})
