import { defineCommand } from '../define-command.ts'
import { statsHistoryResponse } from '../responses/stats-history.ts'

export const listStatsHistory = defineCommand({
  name: 'listStatsHistory',
  kind: 'sync',
  readOnly: true,
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '0.2.0',
  extension: true,
  description:
    'Answers what one object used over time, in numbers, and of zones, clusters and pools when they will be full. Exactly one object is named.',
  params: {
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'list',
      extension: true,
      description: 'The virtual machine.',
    },
    volumeid: { type: 'uuid', entity: 'Volume', access: 'list', extension: true, description: 'The volume.' },
    hostid: {
      type: 'uuid',
      entity: 'Host',
      access: 'list',
      roles: ['Admin'],
      extension: true,
      description: 'The host.',
    },
    clusterid: {
      type: 'uuid',
      entity: 'Cluster',
      access: 'list',
      roles: ['Admin'],
      extension: true,
      description: 'The cluster.',
    },
    zoneid: {
      type: 'uuid',
      entity: 'Zone',
      access: 'list',
      roles: ['Admin'],
      extension: true,
      description: 'The zone.',
    },
    storageid: {
      type: 'uuid',
      entity: 'StoragePool',
      access: 'list',
      roles: ['Admin'],
      extension: true,
      description: 'The storage pool.',
    },
    startdate: {
      type: 'date',
      extension: true,
      description:
        'What was before is left out; an hour ago unless given. It chooses the step: 30 seconds for an hour, 5 minutes for a day, an hour for a week.',
    },
    enddate: { type: 'date', extension: true, description: 'What came after is left out.' },
  },
  response: statsHistoryResponse,
  key: 'statshistory',
  answersAsList: true,
})
