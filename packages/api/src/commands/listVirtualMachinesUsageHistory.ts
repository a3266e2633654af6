import { defineCommand } from '../define-command.ts'
import { vmMetricsStatsResponse } from '../responses/stats-history.ts'

export const listVirtualMachinesUsageHistory = defineCommand({
  name: 'listVirtualMachinesUsageHistory',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['ResourceAdmin', 'DomainAdmin', 'User'],
  since: '4.17',
  description: 'Lists what virtual machines used over time.',
  params: {
    id: { type: 'uuid', entity: 'VirtualMachine', access: 'list', description: 'Only the object of this id.' },
    ids: {
      type: 'list',
      items: 'uuid',
      entity: 'VirtualMachine',
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
  response: vmMetricsStatsResponse,
  key: 'virtualmachine',
})
