import { defineCommand } from '../define-command.ts'
import { paging } from '../params/paging.ts'
import { hostRepairResponse } from '../responses/host-repair.ts'

export const listHostRepairs = defineCommand({
  name: 'listHostRepairs',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin'],
  since: '0.2.0',
  description: 'Lists the repairs that were made on hosts, newest first, with the old values that were kept.',
  params: {
    id: { type: 'uuid', entity: 'HostRepair', access: 'list', description: 'Only this repair.' },
    hostid: { type: 'uuid', entity: 'Host', access: 'list', description: 'Only repairs of this host.' },
    state: {
      type: 'string',
      values: ['Planned', 'Applied', 'Failed', 'Restored'],
      description: 'Only repairs in this state.',
    },
    keyword: { type: 'string', description: 'Only repairs whose name contains this text.' },
    ...paging,
  },
  response: hostRepairResponse,
  key: 'hostrepair',
  extension: true,
})
